import { z } from 'zod';
import { inputFileSchema, sessionConfigSchema } from '../protocol-parts.ts';

/** One answer by a fresh process. */
export const coldStartTaskSchema = z.object({
  kind: z.literal('cold-start'),
  session: sessionConfigSchema,
  inputs: inputFileSchema,
  /** Output whose leading dimension tells the executed samples; null where no output has one. */
  batchOutput: z.string().nullable(),
});
export type ColdStartTask = z.infer<typeof coldStartTaskSchema>;

export const coldStartResultSchema = z.object({
  kind: z.literal('cold-start'),
  sessionCreationNs: z.number(),
  firstInferenceNs: z.number(),
  /** When the answer could be read, on the clock that all processes of the machine share. */
  answeredAtNs: z.bigint(),
  executedBatch: z.number().int().nullable(),
  rssBeforeBytes: z.number(),
  peakRssBytes: z.number(),
  /** As handed to ONNX Runtime. */
  sessionOptions: z.record(z.string(), z.unknown()),
  /** What the provider works with besides; see `resolveOptions` of a provider. */
  providerOptions: z.record(z.string(), z.string()),
  /** Threads that compute one query, the calling one included; null where the system does not tell. */
  threadsUsed: z.number().int().positive().nullable(),
  libraries: z.array(z.string()),
});
export type ColdStartResult = z.infer<typeof coldStartResultSchema>;
