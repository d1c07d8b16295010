import { z } from 'zod';
import { readingSchema } from './provenance.ts';

/** A percentile is shown only when the sample earns it; otherwise it says how many queries it needs. */
export const percentileSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('earned'),
    percentile: z.number(),
    reading: readingSchema,
    /** Upper confidence bound by MLPerf's early stopping (c = 0.99); null below its minimum. */
    earlyStoppingNs: z.number().nullable(),
  }),
  z.object({ status: z.literal('unearned'), percentile: z.number(), n: z.number().int(), neededN: z.number().int() }),
]);
export type Percentile = z.infer<typeof percentileSchema>;
