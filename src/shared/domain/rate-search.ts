import { z } from 'zod';
import { cellConfigSchema } from './plan.ts';

/** What a search for a rate runs for: a configuration whose rate is open. */
export const rateSubjectSchema = cellConfigSchema.omit({ load: true, trial: true });
export type RateSubject = z.infer<typeof rateSubjectSchema>;

/** One rate that was tried. */
export const rateStepSchema = z.object({
  /** Index of its configuration in the run. */
  index: z.number().int(),
  purpose: z.enum(['search', 'confirm']),
  ratePerS: z.number(),
  /** "unclear": it crashed, or the harness was at fault, so it says nothing about the model. */
  verdict: z.enum(['kept', 'missed', 'unclear']),
  /** Latency at the percentile of the service level; null where the run does not earn it. */
  latencyNs: z.number().nullable(),
});
export type RateStep = z.infer<typeof rateStepSchema>;

/** What a search for the highest rate has found so far, or in the end. */
export const rateSearchSchema = z.object({
  subject: rateSubjectSchema,
  /** A lone query: its latency at the percentile (the median where that is not earned), and how many fit into a second. */
  alone: z.object({ latencyNs: z.number(), percentile: z.number(), ratePerS: z.number() }).nullable(),
  aloneAttempts: z.number().int(),
  /** The limit is below what a lone query takes: no rate can keep it. */
  isLimitBelowService: z.boolean(),
  steps: z.array(rateStepSchema),
  /** Kept in a fresh run of full length, with enough queries to prove it. */
  highestConfirmedPerS: z.number().nullable(),
  /** The lowest rate above the confirmed one, or of all without one, at which the service level was missed. */
  lowestFailedPerS: z.number().nullable(),
});
export type RateSearch = z.infer<typeof rateSearchSchema>;
