import { z } from 'zod';
import { inputFileSchema, sessionConfigSchema, tensorPayloadSchema } from '../protocol-parts.ts';

/** Runs a model over all feeds of an input file, untimed, and hands the outputs over feed by feed. */
export const evaluatePoolTaskSchema = z.object({
  kind: z.literal('evaluate-pool'),
  session: sessionConfigSchema,
  inputs: inputFileSchema,
  /** Only so many feeds, from the first. */
  feeds: z.number().int().positive(),
  /** null = all outputs. */
  fetches: z.array(z.string()).nullable(),
});
export type EvaluatePoolTask = z.infer<typeof evaluatePoolTaskSchema>;

/** Outputs of one feed. The core answers with "taken", so that no more than two feeds are under way. */
export const poolOutputsSchema = z.object({
  type: z.literal('outputs'),
  feed: z.number().int().nonnegative(),
  outputs: z.record(z.string(), tensorPayloadSchema),
});

export const evaluatePoolResultSchema = z.object({
  kind: z.literal('evaluate-pool'),
  /** Feeds that were handed over; fewer than asked for after a cancel message. */
  feeds: z.number().int(),
  /** Resident memory before the session was created, and the largest after two runs; outputs had not been sent by then. */
  rssBeforeBytes: z.number(),
  peakRssBytes: z.number(),
});
export type EvaluatePoolResult = z.infer<typeof evaluatePoolResultSchema>;
