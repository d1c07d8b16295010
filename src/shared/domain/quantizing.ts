import { z } from 'zod';

/** What goes on while a variant is made; `share` is that of the stage. */
export const quantizingProgressSchema = z.object({
  stage: z.enum(['building', 'quantizing']),
  share: z.number().min(0).max(1),
});
export type QuantizingProgress = z.infer<typeof quantizingProgressSchema>;
