import { oc } from '@orpc/contract';
import { failureCodeSchema, failureSchema, type FailureCode } from '../errors.ts';

/** What an error carries beside its code and message. */
const failureDataSchema = failureSchema.pick({ remedy: true, data: true });

/** HTTP status of each expected failure; over other transports it only travels along. */
const statuses: Readonly<Partial<Record<FailureCode, number>>> = {
  NOT_FOUND: 404,
  MODEL_NOT_FOUND: 404,
  MACHINE_BUSY: 409,
  FOREIGN_LOAD: 409,
  STORAGE_FULL: 507,
  STORAGE_UNUSABLE: 503,
  ENGINE_FAILED: 502,
  INSTALL_FAILED: 502,
};
const badInputStatus = 422;

/** The status that the contract gives a failure. */
export function toStatus(code: FailureCode): number {
  return statuses[code] ?? badInputStatus;
}

type FailureErrors = Record<FailureCode, { status: number; data: typeof failureDataSchema }>;

/** Every operation may fail in every expected way: most reach the file system, the database and an engine. */
const failureErrors = Object.fromEntries(
  failureCodeSchema.options.map((code) => [code, { status: toStatus(code), data: failureDataSchema }]),
) as FailureErrors;

/** Where each operation of the contract starts. */
export const operation = oc.errors(failureErrors);
