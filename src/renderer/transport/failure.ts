import { ORPCError } from '@orpc/client';
import { failureSchema } from '../../shared/errors.ts';
import { ConnectionRefused } from './client.ts';

/** A failure as a screen shows it: what happened, what to do, and the code that the documentation explains. */
export interface ShownFailure {
  message: string;
  remedy: string | null;
  code: string | null;
}

/** True for what was written for people: what the host said, or why it cannot be reached. False: a fault of the page. */
export function isToldFailure(error: unknown): boolean {
  return error instanceof ORPCError || error instanceof ConnectionRefused || failureSchema.safeParse(error).success;
}

/** Reads what the host said from whatever a call threw, or from a failure that came as data. */
export function toShownFailure(error: unknown): ShownFailure {
  if (error instanceof ORPCError) {
    const data = error.data as { remedy?: unknown } | null | undefined;
    const remedy = typeof data?.remedy === 'string' ? data.remedy : null;
    if (remedy === null) {
      return {
        message: 'The host failed in a way that nobody foresaw.',
        remedy: 'Its log says more; trying again may help.',
        code: String(error.code),
      };
    }
    return { message: error.message, remedy, code: String(error.code) };
  }
  if (error instanceof ConnectionRefused) return { message: error.message, remedy: error.remedy, code: null };
  const failure = failureSchema.safeParse(error);
  if (failure.success) return failure.data;
  return { message: error instanceof Error ? error.message : String(error), remedy: null, code: null };
}
