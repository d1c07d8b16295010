import { z } from 'zod';

/** How a number came to be. A result is only as good as its weakest input, so kinds propagate. */
export const kindSchema = z.enum(['measured', 'computed', 'catalogue', 'projected', 'assumed']);
export type Kind = z.infer<typeof kindSchema>;

/** A two-sided confidence interval in the unit of its reading. A bound the sample does not earn is null, not a number. */
export const intervalSchema = z.object({
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Nominal coverage, 0.95 unless said otherwise. */
  level: z.number().gt(0).lt(1),
  /** How it was computed, as shown to the user, e.g. "order statistics, n_eff 412". */
  method: z.string(),
});
export type Interval = z.infer<typeof intervalSchema>;

export const unitSchema = z.enum([
  'ns',
  'samples/s',
  'queries/s',
  'tokens/s',
  'B',
  'ratio',
  '1',
  'ns/s',
  'percent',
  'W',
  'J',
  'MAC',
  'FLOP',
  'FLOP/s',
  'OP/s',
  'B/s',
  'Hz',
  '°C',
]);
export type Unit = z.infer<typeof unitSchema>;

/** The atom of every screen and export: a value with its unit, uncertainty, kind and evidence. */
export const readingSchema = z.object({
  value: z.number(),
  unit: unitSchema,
  kind: kindSchema,
  interval: intervalSchema.nullable(),
  /** Observations behind the value; null where counting makes no sense. */
  n: z.number().int().nonnegative().nullable(),
});
export type Reading = z.infer<typeof readingSchema>;

/**
 * Something looked for on this machine: there, or absent with the reason and, where one exists, what would make it
 * visible. Never an empty string or 0 in place of "not found".
 */
export function observed<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion('status', [
    z.object({ status: z.literal('present'), value }),
    z.object({ status: z.literal('absent'), reason: z.string().min(1), remedy: z.string().min(1).nullable() }),
  ]);
}
export type Observed<T> = { status: 'present'; value: T } | { status: 'absent'; reason: string; remedy: string | null };

export function present<T>(value: T): Observed<T> {
  return { status: 'present', value };
}

export function absent(reason: string, remedy: string | null = null): Observed<never> {
  return { status: 'absent', reason, remedy };
}
