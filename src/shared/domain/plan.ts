import { z } from 'zod';
import { providerIdSchema } from './provider.ts';

export const scenarioIdSchema = z.enum(['single-stream', 'offline']);
export type ScenarioId = z.infer<typeof scenarioIdSchema>;

export const gradeIdSchema = z.enum(['quick', 'standard', 'reference']);
export type GradeId = z.infer<typeof gradeIdSchema>;

/** Rules of a grade (docs/method/measurement.md, grades). Both minima hold for all processes of a configuration together. */
export const gradeSchema = z.object({
  id: gradeIdSchema,
  minDurationS: z.number().positive(),
  minQueries: z.number().int().positive(),
  /** Fresh engine processes per configuration, unless a plan says otherwise. */
  processes: z.number().int().positive(),
  /** Percentiles that may be reported if the sample earns them. */
  percentiles: z.array(z.number()),
  label: z.string(),
});
export type Grade = z.infer<typeof gradeSchema>;

export const warmUpRuleSchema = z.object({
  minRuns: z.number().int().nonnegative(),
  minS: z.number().nonnegative(),
  maxS: z.number().nonnegative(),
  /** The last three windows must agree within this share in median. */
  tolerance: z.number().positive(),
});
export type WarmUpRule = z.infer<typeof warmUpRuleSchema>;

/** What was asked. Expands to cells: models x providers x threads x batches. */
export const planSchema = z.object({
  /** Reference model ids, imported model names, or paths to .onnx files. */
  models: z.array(z.string().min(1)).min(1),
  providers: z.array(providerIdSchema).min(1),
  scenario: scenarioIdSchema,
  batches: z.array(z.number().int().positive()).min(1),
  /** Intra-op threads; 0 = ONNX Runtime's default (one per physical core, affinity on). */
  threads: z.array(z.number().int().nonnegative()).min(1),
  grade: gradeIdSchema,
  seed: z.number().int().nonnegative(),
  /** Sizes for symbolic dimensions by name. */
  dims: z.record(z.string(), z.number().int().nonnegative()),
  /** Directory with test_data_set_* folders to use instead of generated inputs. */
  inputs: z.string().nullable(),
  /** Fresh engine processes per cell, which share the minima of the grade. */
  repeats: z.number().int().positive(),
  /** Overrides of the grade for tests and tools; recorded, and the result then says "custom". */
  override: z
    .object({ minDurationS: z.number().positive(), minQueries: z.number().int().positive(), warmUp: warmUpRuleSchema })
    .partial()
    .optional(),
});
export type Plan = z.infer<typeof planSchema>;

/** One configuration to measure. */
export const cellConfigSchema = z.object({
  model: z.string(),
  provider: providerIdSchema,
  scenario: scenarioIdSchema,
  batch: z.number().int().positive(),
  threads: z.number().int().nonnegative(),
  dims: z.record(z.string(), z.number().int().nonnegative()),
  seed: z.number().int().nonnegative(),
});
export type CellConfig = z.infer<typeof cellConfigSchema>;
