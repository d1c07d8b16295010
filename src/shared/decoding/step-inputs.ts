import { z } from 'zod';

/** What an input beside the tokens and the cache of a text-generating model is about. */
const stepRoleSchema = z.enum([
  /** 1 for every token that can be attended to, cached ones included. */
  'mask',
  /** Position of each token of the step. */
  'positions',
  /** Index of the last token, cached ones included (GroupQueryAttention's seqlens_k). */
  'last-index',
  /** Number of tokens, cached ones included. */
  'total',
  /** Number of cached tokens. */
  'past',
  /** Whether there is a cache yet (models with a branch for the prompt). */
  'uses-cache',
  /** For how many of the last tokens scores are wanted: one. */
  'scores-kept',
]);

/** An input that follows from how far a text has come. */
export const stepInputSchema = z.object({
  name: z.string(),
  type: z.enum(['int64', 'int32', 'bool', 'float32', 'float16']),
  role: stepRoleSchema,
  rank: z.number().int().nonnegative(),
});
export type StepInput = z.infer<typeof stepInputSchema>;

/** One call of the model: `sequence` tokens of each text, after `past` that are cached. */
export interface Step {
  batch: number;
  past: number;
  sequence: number;
}

/** Shape of an input in a step. */
export function stepDims({ role, rank }: StepInput, { batch, past, sequence }: Step): number[] {
  switch (role) {
    case 'mask':
      return [batch, past + sequence];
    case 'positions':
      return rank === 1 ? [sequence] : [batch, sequence];
    case 'last-index':
      return rank === 1 ? [batch] : [batch, 1];
    case 'total':
    case 'past':
    case 'uses-cache':
    case 'scores-kept':
      return rank === 0 ? [] : [1];
  }
}

/** Value at a flat index of an input in a step; 0 and 1 for no and yes. */
export function stepValue({ role }: StepInput, { past, sequence }: Step, index: number): number {
  switch (role) {
    case 'mask':
    case 'scores-kept':
      return 1;
    case 'positions':
      return past + (index % sequence);
    case 'last-index':
      return past + sequence - 1;
    case 'total':
      return past + sequence;
    case 'past':
      return past;
    case 'uses-cache':
      return past > 0 ? 1 : 0;
  }
}
