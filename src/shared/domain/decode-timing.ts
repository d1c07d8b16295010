import { z } from 'zod';
import { percentileSchema } from './percentile.ts';
import { readingSchema } from './provenance.ts';

/** Percentiles and mean of one time of a request, ns. */
export const timeSummarySchema = z.object({
  percentiles: z.array(percentileSchema),
  mean: readingSchema.nullable(),
});
export type TimeSummary = z.infer<typeof timeSummarySchema>;

/**
 * How a model with a key-value cache generates text. Everything is host to host: the cache goes through JavaScript in
 * every step, and choosing the next token is part of the time (docs/method/scenarios.md, decode).
 */
export const decodeTimingSchema = z.object({
  /** Tokens in each prompt, tokens generated after it, and texts generated side by side. */
  promptTokens: z.number().int().positive(),
  newTokens: z.number().int().positive(),
  batch: z.number().int().positive(),
  /** Requests in the measured part, each with all of its tokens. */
  requests: z.number().int().nonnegative(),
  /** From the start of a request to its first token: the whole prompt in one call. */
  timeToFirstToken: timeSummarySchema,
  /** From one token to the next of the same request. */
  interToken: timeSummarySchema,
  /** Tokens of the prompt per second of that call, all texts of the batch together. */
  prefillTokensPerS: readingSchema.nullable(),
  /** Tokens per second between the first and the last of a request, all texts of the batch together. */
  decodeTokensPerS: readingSchema.nullable(),
  /** Median inter-token latency in the last quarter of the texts over that in the first; null for short texts. */
  growth: z.number().positive().nullable(),
  /** Keys and values that the last step of a request returns. */
  cacheBytes: z.number().int().nonnegative(),
  /**
   * Share of a step that returning them to JavaScript takes, by steps with and without; about 0, or below, where it is
   * too little to be told. null where that takes too long.
   */
  cacheCopyShare: readingSchema.nullable(),
  /** Share of a step that choosing the next token takes. */
  choiceShare: z.number().min(0).max(1),
  /** Scores of the last step against one pass over the whole text without a cache; null where that takes too long. */
  cacheCheck: z
    .object({
      /** Largest difference over the largest score; null where a score is not finite. */
      maxRelativeError: z.number().nonnegative().nullable(),
      /** Whether the same token follows in every text. */
      sameTokens: z.boolean(),
    })
    .nullable(),
});
export type DecodeTiming = z.infer<typeof decodeTimingSchema>;
