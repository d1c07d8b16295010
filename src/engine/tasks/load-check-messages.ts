import { z } from 'zod';
import { serverLoadTaskSchema, serverResultSchema } from './server-messages.ts';

/** Serves a schedule with a stand-in for a model whose time is known, so that the accounting of load can be checked. */
export const loadCheckTaskSchema = z.object({
  kind: z.literal('load-check'),
  load: serverLoadTaskSchema,
  /** What a call takes, whatever its batch, ns. */
  serviceNs: z.number().positive(),
});
export type LoadCheckTask = z.infer<typeof loadCheckTaskSchema>;

export const loadCheckResultSchema = z.object({
  kind: z.literal('load-check'),
  cancelled: z.boolean(),
  /** Stamps of every query in order of arrival, ns from the start. */
  scheduledNs: z.instanceof(Float64Array),
  issuedNs: z.instanceof(Float64Array),
  completedNs: z.instanceof(Float64Array),
  server: serverResultSchema,
});
export type LoadCheckResult = z.infer<typeof loadCheckResultSchema>;
