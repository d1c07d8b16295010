import { z } from 'zod';
import { batchingSchema } from '../../shared/domain/plan.ts';

/** When queries arrive at a server, and how it puts them together. */
export const serverLoadTaskSchema = batchingSchema.extend({
  /** ns from the start of the measured part, in order. */
  arrivalsNs: z.instanceof(Float64Array),
  /** A call that begins later than this after it could have begun counts as late. */
  latenessLimitNs: z.number().positive(),
});
export type ServerLoadTask = z.infer<typeof serverLoadTaskSchema>;

/** What a server knows of its measured part beside the stamps of queries. Every call counts, kept or not. */
export const serverResultSchema = z.object({
  /** Queries of the schedule, and those that had arrived and had no answer when the server was given up. */
  scheduledQueries: z.number().int(),
  unanswered: z.number().int(),
  /** Last arrival of the schedule, ns from the start. */
  scheduleNs: z.number(),
  /** Last completion, ns from the start. */
  endNs: z.number(),
  /** Calls by the number of queries in them, with the time that they took together, joining of inputs included. */
  calls: z.array(
    z.object({ queries: z.number().int(), calls: z.number().int(), serviceNs: z.number(), joinNs: z.number() }),
  ),
  lateness: z.object({ p50Ns: z.number(), p99Ns: z.number(), maxNs: z.number(), lateCalls: z.number().int() }),
  /** Queries that had arrived and were not answered at half of the schedule and at its end. */
  backlog: z.object({ atHalf: z.number().int(), atEnd: z.number().int(), most: z.number().int() }),
  /** Whether the model had a moment without a query in the second half of the schedule. */
  idleInSecondHalf: z.boolean(),
});
export type ServerResult = z.infer<typeof serverResultSchema>;
