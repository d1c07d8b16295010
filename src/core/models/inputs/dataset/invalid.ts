import { InferometerError } from '../../../../shared/errors.ts';

/** The failure of a data set: one sentence what is wrong, one what to do. */
export function invalidData(message: string, remedy: string, cause?: unknown): InferometerError {
  return new InferometerError({ code: 'INPUTS_INVALID', message, remedy }, cause === undefined ? undefined : { cause });
}
