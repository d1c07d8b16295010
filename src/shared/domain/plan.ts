import { z } from 'zod';
import { providerIdSchema } from './provider.ts';

export const scenarioIdSchema = z.enum([
  'single-stream',
  'offline',
  'multi-stream',
  'server',
  'idle-gap',
  'decode',
  'cold-start',
]);
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

/** How queries that wait are put together (scenario "server"). */
export const batchingSchema = z.object({
  /** Most queries in one call of the model; 1 = each for itself. */
  maxBatch: z.number().int().positive(),
  /** Longest time that the oldest one waits for others while the model is free. */
  maxDelayMs: z.number().nonnegative(),
});
export type Batching = z.infer<typeof batchingSchema>;

/** What a service promises: this percentile of the latency stays within the limit. */
export const serviceLevelSchema = z.object({
  percentile: z.number().gt(0).lt(100),
  latencyMs: z.number().positive(),
});
export type ServiceLevel = z.infer<typeof serviceLevelSchema>;

export const objectiveSchema = z.enum(['throughput', 'latency', 'cost', 'energy']);
export type Objective = z.infer<typeof objectiveSchema>;

/**
 * A plan whose next configurations follow from the results so far. "rate": the highest rate of a server that keeps its
 * service level. "tune": the best configuration of the matrix without measuring all of it.
 */
export const searchSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rate') }),
  z.object({ kind: z.literal('tune'), objective: objectiveSchema }),
]);
export type Search = z.infer<typeof searchSchema>;

/** What was asked. Expands to cells: models x providers x threads x instances x batches, and what the scenario varies. */
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
  /** Device of the providers that have numbers for them (src/shared/provider-facts.ts); left out: their default, 0. */
  device: z.number().int().nonnegative().optional(),
  /** Engine processes that work at once, each on processors of its own; left out: one. */
  instances: z.array(z.number().int().positive()).min(1).optional(),
  /** More threads of all instances together than there are processors are wanted, not a mistake. */
  oversubscribe: z.boolean().optional(),
  /** Queries offered per second (scenario "server" without a search). */
  ratesPerS: z.array(z.number().positive()).min(1).optional(),
  /** Scenario "server"; left out: each query for itself. */
  batching: batchingSchema.optional(),
  /** Pauses between an answer and the next query (scenario "idle-gap"). */
  pausesMs: z.array(z.number().nonnegative()).min(1).optional(),
  /** Lengths of a generated text (scenario "decode"). */
  decode: z
    .object({ promptTokens: z.array(z.number().int().positive()).min(1), newTokens: z.number().int().positive() })
    .optional(),
  serviceLevel: serviceLevelSchema.optional(),
  search: searchSchema.optional(),
  /** Refuse a configuration while other programs use the processor or its GPU, instead of measuring with a remark. */
  exclusive: z.boolean().optional(),
  /** Power in W that is turned into energy as a ceiling, such as the TDP; left out: no such number is computed. */
  ceilingW: z.number().positive().optional(),
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
  /** Device number, where one was asked for and the provider has them; left out: 0. */
  device: z.number().int().nonnegative().optional(),
  /** Engine processes that work at once; left out: one. */
  instances: z.number().int().positive().optional(),
  /** Scenario "server". */
  load: batchingSchema.extend({ ratePerS: z.number().positive() }).optional(),
  /** Scenario "idle-gap". */
  pauseMs: z.number().nonnegative().optional(),
  /** Scenario "decode". */
  decode: z.object({ promptTokens: z.number().int().positive(), newTokens: z.number().int().positive() }).optional(),
  /** Chosen by a search, with minima of its own instead of those of the grade; a "confirm" has those of the grade. */
  trial: z
    .discriminatedUnion('purpose', [
      z.object({
        purpose: z.literal('search'),
        minDurationS: z.number().positive(),
        minQueries: z.number().int().positive(),
        /** Left out: that of the plan. */
        warmUp: warmUpRuleSchema.optional(),
      }),
      z.object({ purpose: z.literal('confirm') }),
    ])
    .optional(),
});
export type CellConfig = z.infer<typeof cellConfigSchema>;
