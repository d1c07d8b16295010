import { z } from 'zod';
import { sha256Schema } from './ids.ts';

/** Ways to make a model smaller or faster by a lower precision (docs/method/quantization.md). */
export const recipeIdSchema = z.enum(['int8-dynamic', 'int8-static', 'int8-weight', 'int4-weight', 'fp16']);
export type RecipeId = z.infer<typeof recipeIdSchema>;

/** Why a recipe left a node in float32. */
export const leftReasonSchema = z.enum([
  'excluded',
  'weight-not-constant',
  'weight-not-float32',
  'weight-not-matrix',
  'gemm-form',
  'nested-graph',
  'local-function',
  'slower-quantized',
  'not-supported',
  'needs-float32',
  'input-not-quantized',
  'range-not-finite',
  'mask',
]);
export type LeftReason = z.infer<typeof leftReasonSchema>;

/** What became of one node that a recipe looked at. */
export const nodeReportSchema = z.object({
  /** Name of the node, or of its first output where it has none. */
  node: z.string(),
  /** Operator before the change, with its domain unless that is the default one. */
  operator: z.string(),
  outcome: z.discriminatedUnion('kind', [
    /** `operators` compute what the node computed. */
    z.object({ kind: z.literal('changed'), operators: z.array(z.string()) }),
    z.object({ kind: z.literal('left'), reason: leftReasonSchema, message: z.string() }),
  ]),
});
export type NodeReport = z.infer<typeof nodeReportSchema>;

/** A quantized model that was written, and how it was made. */
export const quantizationSchema = z.object({
  recipe: recipeIdSchema,
  /** Defaults included. */
  parameters: z.record(z.string(), z.unknown()),
  /** Names of nodes that were to be left. */
  excluded: z.array(z.string()),
  /** Versions of the default operator set, where the source had to be converted for the recipe. */
  opsetUpgrade: z.object({ from: z.number().int(), to: z.number().int() }).nullable(),
  /** Inputs that ranges of activations come from; null where the recipe uses none. Generated ones: quality is void. */
  calibration: z
    .object({
      source: z.enum(['generated', 'files']),
      sha256: sha256Schema,
      samples: z.number().int(),
      method: z.enum(['min-max', 'entropy', 'percentile']),
      /** What was assumed about the inputs, one sentence each. */
      remarks: z.array(z.string()),
    })
    .nullable(),
  source: z.object({ path: z.string(), sha256: sha256Schema, sizeBytes: z.number().int() }),
  target: z.object({
    path: z.string(),
    sha256: sha256Schema,
    sizeBytes: z.number().int(),
    /** Name of the file with weights beside the model; null where the model holds them. */
    externalFile: z.string().nullable(),
  }),
  nodes: z.array(nodeReportSchema),
  check: z.discriminatedUnion('ran', [
    /** ONNX Runtime loaded the model and ran it on generated inputs; `remark` says where it does not run. */
    z.object({ ran: z.literal(true), remark: z.string().nullable() }),
    /** It only loaded the model; `reason` says why it could not be run. */
    z.object({ ran: z.literal(false), reason: z.string() }),
  ]),
});
export type Quantization = z.infer<typeof quantizationSchema>;
