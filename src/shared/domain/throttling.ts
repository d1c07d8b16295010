import { z } from 'zod';
import { readingSchema } from './provenance.ts';

/** Why a processor or a GPU was held below what it can do (docs/method/measurement.md, throttling). */
export const throttleCauseSchema = z.enum([
  /** The kernel counted that the processor was slowed down for its heat. */
  'cpu-heat',
  /** The processor ran well below its clock of the start, at its critical temperature. */
  'cpu-clock',
  /** The GPU says that heat holds its clock. */
  'gpu-heat',
  /** The GPU says that its power brake or another signal of the hardware holds its clock. */
  'gpu-power-brake',
  /** The GPU ran below 75 % of its default clock. */
  'gpu-clock',
]);
export type ThrottleCause = z.infer<typeof throttleCauseSchema>;

/** Part of the measured part of one engine process between two readings, in ns from its start. */
export const throttledSpanSchema = z.object({
  fromNs: z.number(),
  toNs: z.number(),
  causes: z.array(throttleCauseSchema).min(1),
});
export type ThrottledSpan = z.infer<typeof throttledSpanSchema>;

/** What throttling made of a result. Nothing is left out of the result itself. */
export const throttlingSchema = z.object({
  /** Causes that the sensors of this machine can tell. */
  watched: z.array(throttleCauseSchema).min(1),
  /** Kept queries, and those among them that ran while something was throttled. */
  queries: z.number().int().nonnegative(),
  throttled: z.number().int().nonnegative(),
  /** The second over the first, 0..1. */
  share: z.number(),
  causes: z.array(throttleCauseSchema),
  /** Median latency of all kept queries, and of those that were not throttled; null: not earned. */
  median: readingSchema.nullable(),
  medianWithout: readingSchema.nullable(),
});
export type Throttling = z.infer<typeof throttlingSchema>;
