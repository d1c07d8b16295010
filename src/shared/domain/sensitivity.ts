import { z } from 'zod';
import { sha256Schema } from './ids.ts';
import { readingSchema } from './provenance.ts';

/**
 * What is lost by quantization, by what the data allows: "accuracy" is the fall of accuracy on labelled samples,
 * "top-1" the share of samples whose largest score is another, "error" the centred relative error of the outputs.
 */
export const lossMeasureSchema = z.enum(['accuracy', 'top-1', 'error']);
export type LossMeasure = z.infer<typeof lossMeasureSchema>;

/** How a variant does on the evaluation data, against the source. */
export const lossSchema = z.object({
  /** In the measure that was chosen, 0 to 1 ("error" may be larger). null: its outputs are not finite. */
  loss: readingSchema.nullable(),
  /** Largest centred relative error over the outputs; null where one is not finite. */
  error: z.number().nonnegative().nullable(),
  /** With labels: the share of samples that source and variant get right. */
  accuracy: z.object({ source: readingSchema, variant: readingSchema }).nullable(),
});
export type Loss = z.infer<typeof lossSchema>;

/** What one node costs when it alone is quantized. */
export const nodeSensitivitySchema = z.object({
  /** Name of the node, or of its output, as `--exclude` takes it. */
  node: z.string(),
  operator: z.string(),
  /** As in `lossSchema`. null: not finite, or the variant did not run. */
  error: z.number().nonnegative().nullable(),
  loss: z.number().nullable(),
});
export type NodeSensitivity = z.infer<typeof nodeSensitivitySchema>;

/** What quantization costs on evaluation data, which nodes cost most, and which were left for it. */
export const sensitivitySchema = z.object({
  measure: lossMeasureSchema,
  /** Largest loss that was accepted; null where nodes were only to be ranked. */
  bound: z.number().nonnegative().nullable(),
  evaluation: z.object({
    description: z.string(),
    sha256: sha256Schema,
    samples: z.number().int().positive(),
  }),
  /** Why nothing of this says anything about the model's task; null otherwise. */
  voidReason: z.string().nullable(),
  /** With every node quantized that the recipe changes. */
  all: lossSchema,
  /** With the nodes that were chosen left. */
  reached: lossSchema,
  /** Nodes that were chosen to be left, those that cost most first. */
  excluded: z.array(z.string()),
  /** Each node alone, the one that costs most first; null where that was not needed. */
  scan: z.object({ samples: z.number().int().positive(), nodes: z.array(nodeSensitivitySchema) }).nullable(),
  /** Variants that were made and run. */
  modelsTried: z.number().int().positive(),
  durationS: z.number().nonnegative(),
  remarks: z.array(z.string()),
});
export type Sensitivity = z.infer<typeof sensitivitySchema>;

/** What goes on while nodes are chosen. */
export interface SensitivityProgress {
  stage: 'source' | 'all' | 'scan' | 'search';
  /** Variants of the stage that are done; how many a search needs is not known before. */
  done: number;
  of: number | null;
  /** s until the end of the stage, estimated from the variants so far; null before the first. */
  remainingS: number | null;
}
