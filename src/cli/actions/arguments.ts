import { runIdSchema, type RunId } from '../../shared/domain/ids.ts';
import { planSchema, type Plan } from '../../shared/domain/plan.ts';
import { InferometerError } from '../../shared/errors.ts';

/** An error about what was typed. */
export function toUsageError(message: string, remedy: string): InferometerError {
  return new InferometerError({ code: 'USAGE', message, remedy });
}

/** Reads the id of a run as it was typed. Throws USAGE. */
export function toRunId(text: string): RunId {
  const parsed = runIdSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw toUsageError(`"${text}" is no id of a run.`, 'Look the id up with inferometer results.');
}

/** Reads the value of --override into the part of a plan that it is. Throws USAGE. */
export function toOverride(value: unknown): Pick<Plan, 'override'> {
  const parsed = planSchema.pick({ override: true }).safeParse(value === undefined ? {} : { override: value });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw toUsageError(
    `The value of --override is not valid: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`,
    'See docs/cli.md for its fields.',
  );
}
