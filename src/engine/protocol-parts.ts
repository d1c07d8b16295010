import { z } from 'zod';
import { elementTypeSchema } from '../shared/domain/model.ts';
import { providerIdSchema } from '../shared/domain/provider.ts';

/** What the messages of several tasks have in common. */

const typedArray = z.custom<ArrayBufferView>((value) => ArrayBuffer.isView(value));

export const sessionConfigSchema = z.object({
  modelPath: z.string(),
  provider: providerIdSchema,
  deviceId: z.number().int().nonnegative(),
  /** 0 = ONNX Runtime's default. */
  threads: z.number().int().nonnegative(),
  /** Logical processors the engine may run on, for thread affinities; empty = unknown. */
  allowedCpus: z.array(z.number().int().nonnegative()),
  graphOptimization: z.enum(['disabled', 'basic', 'extended', 'layout', 'all']),
  /** Further ONNX Runtime session keys, e.g. { "session.set_denormal_as_zero": "1" }. */
  keys: z.record(z.string(), z.string()),
});
export type SessionConfig = z.infer<typeof sessionConfigSchema>;

/** A file of raw little-endian tensors: `feeds` times the listed tensors one after another, in this order. */
export const inputFileSchema = z.object({
  path: z.string(),
  feeds: z.number().int().positive(),
  tensors: z.array(
    z.object({
      name: z.string(),
      type: elementTypeSchema,
      dims: z.array(z.number().int().nonnegative()),
      byteLength: z.number().int().nonnegative(),
    }),
  ),
});
export type InputFile = z.infer<typeof inputFileSchema>;

export const tensorPayloadSchema = z.object({
  type: elementTypeSchema,
  dims: z.array(z.number().int().nonnegative()).readonly(),
  data: typedArray,
});
export type TensorPayload = z.infer<typeof tensorPayloadSchema>;
