import { z } from 'zod';

/** What is done for a variant, in order; a reference model is built on first use, and not every recipe calibrates. */
export const quantizingStageSchema = z.enum(['building', 'calibrating', 'writing', 'checking']);
export type QuantizingStage = z.infer<typeof quantizingStageSchema>;

/** What goes on while a variant is made. */
export const quantizingProgressSchema = z.object({
  stage: quantizingStageSchema,
  /** Of building, or of everything after it. */
  share: z.number().min(0).max(1),
});
export type QuantizingProgress = z.infer<typeof quantizingProgressSchema>;
