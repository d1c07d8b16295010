import { z } from 'zod';
import { percentileSchema } from './percentile.ts';
import { serviceLevelSchema } from './plan.ts';

/**
 * What a server gave its callers beside the latency, which is the headline (docs/method/load.md). Queue delay is the
 * time from the scheduled arrival to the start of the call, service time that of the call: the two make the latency.
 * Shares are of 1. All processes of a configuration together.
 */
export const serverLoadSchema = z.object({
  /** Queries per second that were asked for, those of the schedules as drawn, and those answered until the last answer. */
  offeredPerS: z.number().positive(),
  scheduledPerS: z.number().positive(),
  achievedPerS: z.number().nonnegative(),
  scheduledQueries: z.number().int().nonnegative(),
  /** Queries that had arrived when a server that could not keep up was given up. */
  unansweredQueries: z.number().int().nonnegative(),
  queueDelay: z.array(percentileSchema),
  service: z.array(percentileSchema),
  /** Calls by the number of queries in them, with the mean time of one, joining of inputs included. */
  batches: z.array(
    z.object({ queries: z.number().int().positive(), calls: z.number().int().positive(), meanServiceNs: z.number() }),
  ),
  /** Share of the service time that went into putting the inputs of several queries together. */
  joinShare: z.number(),
  /** Calls that began after they could have begun: the model was free, and what it waited for was there. */
  lateness: z.object({
    /** Medians and 99th percentiles of processes: the worst of them. */
    p50Ns: z.number(),
    p99Ns: z.number(),
    maxNs: z.number(),
    /** A call counts as late beyond it. */
    limitNs: z.number(),
    lateShare: z.number(),
  }),
  /** Share of the time in which the model worked. */
  utilisation: z.number(),
  /** Queries that had arrived and were not answered, in the process where they grew most. */
  backlog: z.object({
    atHalf: z.number().int(),
    atEnd: z.number().int(),
    most: z.number().int(),
    growthPerS: z.number(),
  }),
  /** False: the server fell behind, so that its latency says how long the run was. */
  sustained: z.boolean(),
  /** How the service level of the plan fared; null without one. */
  serviceLevel: serviceLevelSchema
    .extend({
      /** Queries that were looked at, and those of them that took longer than the limit or had no answer. */
      queries: z.number().int().nonnegative(),
      missed: z.number().int().nonnegative(),
      /** The share of misses is within what the percentile allows. */
      kept: z.boolean(),
      /** The number of queries proves it at 99 % confidence (MLPerf's early stopping). */
      proved: z.boolean(),
    })
    .nullable(),
});
export type ServerLoad = z.infer<typeof serverLoadSchema>;
