import { z } from 'zod';

/**
 * What is done for a variant, in order. A reference model is built on first use, nodes are judged where a loss is
 * bounded, and not every recipe calibrates.
 */
export const quantizingStageSchema = z.enum(['building', 'judging', 'calibrating', 'writing', 'checking']);
export type QuantizingStage = z.infer<typeof quantizingStageSchema>;

/** What goes on while a variant is made. */
export const quantizingProgressSchema = z.object({
  stage: quantizingStageSchema,
  /** Of building, of judging, or of everything after them. */
  share: z.number().min(0).max(1),
});
export type QuantizingProgress = z.infer<typeof quantizingProgressSchema>;
