import { z } from 'zod';
import { inputFileSchema, sessionConfigSchema } from '../protocol-parts.ts';

/** What becomes of the values of one output, over all feeds. */
const reductionSchema = z.discriminatedUnion('kind', [
  /** Smallest and largest value. */
  z.object({ kind: z.literal('range') }),
  /** Counts in bins of equal width, of the values or of their magnitudes; both bounds are inside. */
  z.object({
    kind: z.literal('histogram'),
    of: z.enum(['values', 'magnitudes']),
    bins: z.number().int().positive(),
    from: z.number(),
    to: z.number(),
  }),
]);
export type Reduction = z.infer<typeof reductionSchema>;

/** Runs a model over all feeds of an input file and reduces its outputs here, so that activations never travel. */
export const calibrateTaskSchema = z.object({
  kind: z.literal('calibrate'),
  session: sessionConfigSchema,
  inputs: inputFileSchema,
  /** Outputs to fetch, by name. Numbers of any type; others are refused. */
  reductions: z.record(z.string(), reductionSchema),
});
export type CalibrateTask = z.infer<typeof calibrateTaskSchema>;

export const calibrateResultSchema = z.object({
  kind: z.literal('calibrate'),
  /** Of outputs with a range; null where no number was seen. */
  ranges: z.record(z.string(), z.object({ low: z.number(), high: z.number() }).nullable()),
  /** Counts of outputs with a histogram. */
  histograms: z.record(z.string(), z.instanceof(Float64Array)),
  /** Outputs in which NaN was seen. */
  notNumbers: z.array(z.string()),
});
export type CalibrateResult = z.infer<typeof calibrateResultSchema>;
