import { z } from 'zod';

/**
 * Expected failures that a user can act on. Each code is documented in docs/errors.md and maps to one exit code of
 * the command line (2 for everything here: usage or bad input, unless noted).
 */
export const failureCodeSchema = z.enum([
  'USAGE',
  'NOT_FOUND',
  'MODEL_NOT_FOUND',
  'MODEL_IS_DIRECTORY',
  'MODEL_NO_PERMISSION',
  'MODEL_EMPTY',
  'MODEL_NOT_ONNX',
  'MODEL_TRUNCATED',
  'MODEL_IR_TOO_NEW',
  'MODEL_OPSET_UNSUPPORTED',
  'MODEL_UNKNOWN_OPERATOR',
  'MODEL_EXTERNAL_DATA_MISSING',
  'MODEL_EXTERNAL_DATA_ESCAPES',
  'MODEL_EXTERNAL_DATA_TRUNCATED',
  'MODEL_INVALID',
  'MODEL_NEEDS_REAL_DATA',
  'MODEL_NOT_DECODABLE',
  'MODEL_TOO_LARGE',
  'MODEL_ALREADY_QUANTIZED',
  'MODEL_NOTHING_TO_QUANTIZE',
  'MODEL_OPSET_TOO_OLD',
  'MODEL_WEIGHTS_NOT_FINITE',
  'CALIBRATION_INVALID',
  'QUANTIZED_MODEL_REFUSED',
  'QUALITY_BOUND_MISSED',
  'DIMENSION_NEEDED',
  'DIMENSION_MISMATCH',
  'INPUTS_INVALID',
  'PROVIDER_UNAVAILABLE',
  'MACHINE_BUSY',
  'FOREIGN_LOAD',
  'STORAGE_FULL',
  'STORAGE_UNUSABLE',
  'ENGINE_FAILED',
  'INSTALL_FAILED',
  'CANCELLED',
]);
export type FailureCode = z.infer<typeof failureCodeSchema>;

/** An expected failure as data: what happened, why, and what to do, one sentence each. */
export const failureSchema = z.object({
  code: failureCodeSchema,
  message: z.string().min(1),
  remedy: z.string().min(1),
  /** Facts for programs, e.g. `{ dimension: 'batch' }`. */
  data: z.record(z.string(), z.unknown()).optional(),
});
export type Failure = z.infer<typeof failureSchema>;

/** Thrown for an expected failure. Anything else that is thrown is a bug. */
export class InferometerError extends Error {
  readonly code: FailureCode;
  readonly remedy: string;
  readonly data: Record<string, unknown> | undefined;

  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.message, options);
    this.name = 'InferometerError';
    this.code = failure.code;
    this.remedy = failure.remedy;
    this.data = failure.data;
  }

  toFailure(): Failure {
    return { code: this.code, message: this.message, remedy: this.remedy, ...(this.data ? { data: this.data } : {}) };
  }
}

/** Marks code that cannot be reached when every case of a union is handled. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
