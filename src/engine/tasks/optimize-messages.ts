import { z } from 'zod';
import { sessionConfigSchema } from '../protocol-parts.ts';

/** Writes the graph that ONNX Runtime makes of a model at the optimization level of the session. */
export const optimizeTaskSchema = z.object({
  kind: z.literal('optimize'),
  session: sessionConfigSchema,
  /** File to write. */
  target: z.string(),
});
export type OptimizeTask = z.infer<typeof optimizeTaskSchema>;

export const optimizeResultSchema = z.object({ kind: z.literal('optimize') });
export type OptimizeResult = z.infer<typeof optimizeResultSchema>;
