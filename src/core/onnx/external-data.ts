import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { TensorProto } from './gen/onnx_pb.js';
import { TensorProto_DataLocation as DataLocation } from './gen/onnx_pb.js';
import { packedByteLength } from './element-types.ts';
import { invalidModel, modelFailure } from './model-failures.ts';

/** Where a tensor's data lies outside the model file. */
export interface ExternalReference {
  /** As written in the model, relative to its folder. */
  location: string;
  offset: number;
  /** null: to the end of what the dimensions need, or of the file where that is unknown. */
  length: number | null;
}

/** A file with weights beside the model. */
export interface ExternalFile {
  location: string;
  /** Absolute, links followed. */
  path: string;
  bytes: number;
}

export function isExternal(tensor: TensorProto): boolean {
  return tensor.dataLocation === DataLocation.EXTERNAL;
}

/** Reads location, offset and length of an external tensor. Throws MODEL_INVALID. */
export function parseExternalReference(tensor: TensorProto, modelPath: string): ExternalReference {
  const entries = new Map(tensor.externalData.map((entry) => [entry.key, entry.value]));
  const location = entries.get('location');
  if (location === undefined || location === '' || location.includes('\0')) {
    throw invalidModel(modelPath, `tensor "${tensor.name}" names no external file`);
  }
  const offset = parseBytes(entries.get('offset') ?? '0');
  const length = entries.has('length') ? parseBytes(entries.get('length') ?? '') : undefined;
  if (offset === null || length === null) {
    throw invalidModel(modelPath, `tensor "${tensor.name}" has an external offset or length that is not a number`);
  }
  return { location, offset, length: length ?? packedByteLength(tensor.dataType, tensor.dims) };
}

function parseBytes(text: string): number | null {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : null;
}

/**
 * Finds the files that external tensors need and checks that each lies in the model's folder, exists and is long
 * enough. Throws MODEL_EXTERNAL_DATA_ESCAPES, _MISSING and _TRUNCATED, MODEL_NO_PERMISSION and MODEL_INVALID.
 */
export async function findExternalFiles(modelPath: string, tensors: Iterable<TensorProto>): Promise<ExternalFile[]> {
  const files = new Map<string, ExternalFile>();
  for (const tensor of tensors) {
    if (!isExternal(tensor)) continue;
    const reference = parseExternalReference(tensor, modelPath);
    let file = files.get(reference.location);
    if (file === undefined) {
      file = await findExternalFile(modelPath, reference.location);
      files.set(reference.location, file);
    }
    const needed = packedByteLength(tensor.dataType, tensor.dims);
    if (needed === null) throw invalidModel(modelPath, `tensor "${tensor.name}" has no size that can be read`);
    if (reference.length !== null && reference.length !== needed) {
      throw invalidModel(
        modelPath,
        `tensor "${tensor.name}" takes ${needed} bytes but states ${reference.length} of external data`,
      );
    }
    if (reference.offset + needed > file.bytes) throw tooShort(modelPath, file, tensor.name);
  }
  return [...files.values()].toSorted((left, right) => (left.location < right.location ? -1 : 1));
}

async function findExternalFile(modelPath: string, location: string): Promise<ExternalFile> {
  const folder = path.dirname(modelPath);
  const filePath = path.resolve(folder, location);
  const absolute = path.isAbsolute(location) || path.win32.isAbsolute(location);
  if (absolute || !isInside(folder, filePath)) throw escapes(modelPath, location);
  try {
    // Links are followed: a link inside the folder that leads out of it is an escape as well. A model that is itself
    // a link (download caches keep models so) may have its data beside the file that the link leads to.
    const real = await realpath(filePath);
    const folders = [await realpath(folder), path.dirname(await realpath(modelPath))];
    if (!folders.some((allowed) => isInside(allowed, real))) throw escapes(modelPath, location);
    const status = await stat(real);
    if (!status.isFile()) throw missing(modelPath, location);
    return { location, path: real, bytes: status.size };
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENAMETOOLONG') {
      throw missing(modelPath, location, cause);
    }
    if (code === 'EACCES' || code === 'EPERM') {
      throw modelFailure(
        'MODEL_NO_PERMISSION',
        `The weights of ${modelPath} in ${location} may not be read by this user.`,
        'Give this user permission to read the file and its folders.',
        { path: modelPath, location },
        cause,
      );
    }
    throw cause;
  }
}

/** Whether a path lies below a folder; both absolute, links are not followed. */
function isInside(folder: string, filePath: string): boolean {
  const relative = path.relative(folder, filePath);
  return relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

function escapes(modelPath: string, location: string) {
  return modelFailure(
    'MODEL_EXTERNAL_DATA_ESCAPES',
    `${modelPath} wants weights from ${location}, which is outside its own folder.`,
    'Put the weights into the folder of the model and save the model with a relative location.',
    { path: modelPath, location },
  );
}

function missing(modelPath: string, location: string, cause?: unknown) {
  return modelFailure(
    'MODEL_EXTERNAL_DATA_MISSING',
    `The weights of ${modelPath} should be in ${location}, which is not there.`,
    `Copy ${location} into the folder of the model.`,
    { path: modelPath, location },
    cause,
  );
}

function tooShort(modelPath: string, file: ExternalFile, tensor: string) {
  return modelFailure(
    'MODEL_EXTERNAL_DATA_TRUNCATED',
    `${file.location} has ${file.bytes} bytes, which is too short for tensor "${tensor}" of ${modelPath}.`,
    `Copy or download ${file.location} again.`,
    { path: modelPath, location: file.location, tensor },
  );
}
