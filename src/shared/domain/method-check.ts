import { z } from 'zod';

/** Whether load is generated and accounted for as the method says, tried with a service whose time is known. */
export const methodCheckSchema = z.object({
  /** Open loops at several loads against the mean time of the M/D/1 queue. */
  queues: z.array(
    z.object({
      /** Share of the time in which the service is busy. */
      load: z.number(),
      ratePerS: z.number(),
      serviceNs: z.number(),
      queries: z.number().int(),
      durationNs: z.number(),
      /** Mean time from the scheduled arrival to the answer: measured, of this very schedule, and of M/D/1. */
      measuredNs: z.number(),
      scheduleNs: z.number(),
      expectedNs: z.number(),
      latenessP99Ns: z.number(),
      passed: z.boolean(),
    }),
  ),
  /** Calls of a known time, one after another: what is measured over what is known. */
  knownDelay: z.object({ serviceNs: z.number(), medianNs: z.number(), queries: z.number().int(), passed: z.boolean() }),
  /** Median time of a model that computes nothing. */
  nullModel: z.object({ medianNs: z.number(), limitNs: z.number(), passed: z.boolean() }),
  passed: z.boolean(),
});
export type MethodCheck = z.infer<typeof methodCheckSchema>;
