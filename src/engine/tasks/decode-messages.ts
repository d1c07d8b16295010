import { z } from 'zod';
import { stepInputSchema } from '../../shared/decoding/step-inputs.ts';

/** How a model with a key-value cache is fed, and what text it is to generate. */
export const decodeTaskSchema = z.object({
  newTokens: z.number().int().min(2),
  /** Input of token ids, int64 or int32: [batch, sequence]. The feeds of the task hold the prompts under this name. */
  tokens: z.string(),
  /** Output of scores: [batch, vocabulary] or [batch, sequence, vocabulary]. */
  scores: z.string(),
  /** What a step returns and the next one takes. */
  cache: z
    .array(
      z.object({
        past: z.string(),
        present: z.string(),
        type: z.enum(['float32', 'float16']),
        /** Shape of the empty cache: the axis that grows is 0. */
        dims: z.array(z.number().int().nonnegative()),
      }),
    )
    .min(1),
  others: z.array(stepInputSchema),
});
export type DecodeTask = z.infer<typeof decodeTaskSchema>;

/** What the scenario knows of its measured part beside the stamps of tokens, and of its checks. */
export const decodeResultSchema = z.object({
  /** Mean time of a step that went into choosing the next token, ns. */
  choiceNs: z.number(),
  /** Keys and values that the last step of a request returned. */
  cacheBytes: z.number().int(),
  /** Time of the same step without handing the cache over, over that with it, pair by pair; null where that takes too long. */
  copyRatios: z.array(z.number().positive()).nullable(),
  /** Last scores of a request against one pass over its whole text without a cache; null where that takes too long. */
  cacheCheck: z.object({ maxRelativeError: z.number().nullable(), sameTokens: z.boolean() }).nullable(),
});
export type DecodeResult = z.infer<typeof decodeResultSchema>;
