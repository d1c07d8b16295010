import { z } from 'zod';
import { sha256Schema } from './ids.ts';

/** Element types that a session can exchange with JavaScript, by their ONNX Runtime names. */
export const elementTypeSchema = z.enum([
  'float32',
  'float64',
  'float16',
  'bfloat16',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
  'string',
  'int4',
  'uint4',
  'other',
]);
export type ElementType = z.infer<typeof elementTypeSchema>;

/** A dimension is a size, a symbol ("batch"), or unknown ("?"). */
export const dimensionSchema = z.union([z.number().int().nonnegative(), z.string().min(1)]);
export type Dimension = z.infer<typeof dimensionSchema>;

export const tensorInfoSchema = z.object({
  name: z.string(),
  type: elementTypeSchema,
  /** null: the file does not state a shape (rank unknown). */
  dims: z.array(dimensionSchema).nullable(),
});
export type TensorInfo = z.infer<typeof tensorInfoSchema>;

/** Cost of one node for one execution at the resolved shapes. */
export const nodeCostSchema = z.object({
  name: z.string(),
  operator: z.string(),
  domain: z.string(),
  outputShape: z.array(z.number().int()).nullable(),
  parameters: z.number().int().nonnegative(),
  /** Multiply-accumulate operations; null where the operator has no agreed count. */
  macs: z.number().nonnegative().nullable(),
  flops: z.number().nonnegative().nullable(),
  weightBytes: z.number().int().nonnegative(),
  /** Bytes of the activations that the node reads and writes; null without shapes. */
  activationBytes: z.number().nonnegative().nullable(),
});
export type NodeCost = z.infer<typeof nodeCostSchema>;

export const modelSummarySchema = z.object({
  sha256: sha256Schema,
  /** Bytes of the .onnx file plus its external data. */
  sizeBytes: z.number().int().nonnegative(),
  irVersion: z.number().int(),
  /** Domain to version; the default domain is "ai.onnx". */
  opsets: z.record(z.string(), z.number().int()),
  producer: z.string().nullable(),
  inputs: z.array(tensorInfoSchema),
  outputs: z.array(tensorInfoSchema),
  /** "domain:Operator" (domain left out for ai.onnx) to count, subgraphs included. */
  operators: z.record(z.string(), z.number().int().positive()),
  nodeCount: z.number().int().nonnegative(),
  /** Number of weight elements (floating point or quantized initializers; shape constants excluded). */
  parameters: z.number().int().nonnegative(),
  weightBytes: z.number().int().nonnegative(),
  /** Share of weight elements by element type, e.g. { float32: 1 }. */
  weightPrecision: z.record(z.string(), z.number()),
  externalData: z.boolean(),
  /** Where the external data lies, relative to the folder of the file; empty for a model described before they were kept. */
  externalFiles: z.array(z.string()).default([]),
  metadata: z.record(z.string(), z.string()),
});
export type ModelSummary = z.infer<typeof modelSummarySchema>;

/** Costs at concrete input shapes. */
export const modelCostSchema = z.object({
  inputShapes: z.record(z.string(), z.array(z.number().int())),
  /** Per execution of the whole graph at these shapes (all samples of a batch). */
  macs: z.number().nonnegative(),
  flops: z.number().nonnegative(),
  activationBytes: z.number().nonnegative(),
  nodes: z.array(nodeCostSchema),
  /** Operators without an agreed MAC count that were counted as 0, with their number. */
  uncounted: z.record(z.string(), z.number().int()),
});
export type ModelCost = z.infer<typeof modelCostSchema>;
