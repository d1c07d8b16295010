import { runIdSchema, type RunId } from '../../shared/domain/ids.ts';
import { InferometerError } from '../../shared/errors.ts';

/** Reads the id of a run as it was typed. Throws USAGE. */
export function toRunId(text: string): RunId {
  const parsed = runIdSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InferometerError({
    code: 'USAGE',
    message: `"${text}" is no id of a run.`,
    remedy: 'Look the id up with inferometer results.',
  });
}
