import type { FailureCode } from '../../shared/errors.ts';
import { InferometerError } from '../../shared/errors.ts';

/** IR versions that ONNX Runtime 1.30 loads. */
export const IR_VERSIONS = { min: 3, max: 13 };
/** Versions of the default operator set that ONNX Runtime 1.30 loads. */
export const OPSET_VERSIONS = { min: 7, max: 26 };

const EXPORT_AGAIN = 'Export or copy the model again and check that the file is complete.';

/** An expected failure of a model file, one sentence each for what is wrong and what to do. */
export function modelFailure(
  code: FailureCode,
  message: string,
  remedy: string,
  data: Record<string, unknown> = {},
  cause?: unknown,
): InferometerError {
  return new InferometerError({ code, message, remedy, data }, cause === undefined ? undefined : { cause });
}

export function invalidModel(path: string, detail: string, cause?: unknown): InferometerError {
  return modelFailure('MODEL_INVALID', `${path} is not a valid ONNX model: ${detail}.`, EXPORT_AGAIN, { path }, cause);
}

export function truncatedModel(path: string): InferometerError {
  return modelFailure('MODEL_TRUNCATED', `${path} ends before the model does.`, EXPORT_AGAIN, { path });
}

export function notOnnx(path: string, looksLike: string | null): InferometerError {
  return modelFailure(
    'MODEL_NOT_ONNX',
    looksLike === null ? `${path} is not an ONNX model.` : `${path} is not an ONNX model but looks like ${looksLike}.`,
    'Give the path of a .onnx file; other formats have to be exported to ONNX first.',
    { path, looksLike },
  );
}

export function tooLargeModel(path: string, detail: string): InferometerError {
  return modelFailure(
    'MODEL_TOO_LARGE',
    `${path} cannot be run: ${detail}.`,
    'Save the model with external data, so that the .onnx file itself stays under 2 GiB.',
    { path },
  );
}

/** Turns what the file system says about the model's own path into an expected failure; undefined for anything else. */
export function fileFailure(path: string, cause: unknown): InferometerError | undefined {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ELOOP':
      return modelFailure(
        'MODEL_NOT_FOUND',
        `There is no file ${path}.`,
        'Check the path, or give an absolute one.',
        { path },
        cause,
      );
    case 'EISDIR':
      return directoryFailure(path);
    case 'EACCES':
    case 'EPERM':
      return modelFailure(
        'MODEL_NO_PERMISSION',
        `The file ${path} may not be read by this user.`,
        'Give this user permission to read the file and its folders.',
        { path },
        cause,
      );
    default:
      return undefined;
  }
}

export function directoryFailure(path: string): InferometerError {
  return modelFailure('MODEL_IS_DIRECTORY', `${path} is a folder.`, 'Give the path of a .onnx file in that folder.', {
    path,
  });
}
