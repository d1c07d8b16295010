import { z } from 'zod';

/** How the pauses before queries were kept; the latencies after them are those of the measurement. Times in ns. */
export const idleGapSchema = z.object({
  /** From an answer to the issue of the next query, as asked for. */
  askedNs: z.number().nonnegative(),
  /** As it was; null where not every stamp was kept, so that neighbours in the series are not neighbours in time. */
  kept: z
    .object({
      pauses: z.number().int().positive(),
      medianNs: z.number(),
      shortestNs: z.number(),
      longestNs: z.number(),
    })
    .nullable(),
});
export type IdleGap = z.infer<typeof idleGapSchema>;
