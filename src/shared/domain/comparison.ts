import { z } from 'zod';
import { cellIdSchema, comparisonIdSchema, sha256Schema } from './ids.ts';
import { findingSchema, stagesSchema } from './measurement.ts';
import { providerIdSchema } from './provider.ts';
import { readingSchema } from './provenance.ts';
import { provenanceSchema } from './run.ts';

/** One side of a comparison: what is run, and how. */
export const comparisonSideSchema = z.object({
  /** Reference model id, name of an added model, or path of an .onnx file. */
  model: z.string().min(1),
  provider: providerIdSchema,
  /** Intra-op threads; 0 = ONNX Runtime's default. */
  threads: z.number().int().nonnegative(),
});
export type ComparisonSide = z.infer<typeof comparisonSideSchema>;

/** What was asked. Every candidate is compared with the baseline; several are judged together. */
export const comparisonPlanSchema = z.object({
  baseline: comparisonSideSchema,
  candidates: z.array(comparisonSideSchema).min(1),
  /** Samples in one query, the same for both sides. */
  batch: z.number().int().positive(),
  /** Sizes for symbolic dimensions by name, the same for both sides. */
  dims: z.record(z.string(), z.number().int().nonnegative()),
  seed: z.number().int().nonnegative(),
  /** Speed-ups between 1 / (1 + margin) and 1 + margin count as no difference. */
  margin: z.number().gt(0).lt(1),
  /** Longest measured part of one candidate, s; the verdict usually comes earlier. */
  maxDurationS: z.number().positive(),
  /** Folder or file with inputs, and labels where it has them (docs/method/comparison.md); null: generated inputs. */
  data: z.string().nullable(),
});
export type ComparisonPlan = z.infer<typeof comparisonPlanSchema>;

export const speedVerdictSchema = z.enum(['FASTER', 'SLOWER', 'SAME', 'AMBIGUOUS']);
export type SpeedVerdict = z.infer<typeof speedVerdictSchema>;

/** Speed of the candidate over that of the baseline, from pairs of neighbouring blocks. */
export const speedSchema = z.object({
  verdict: speedVerdictSchema,
  /**
   * Time of the baseline over time of the candidate, so that 2 is twice as fast. Unit "1". The interval holds at
   * whatever number of pairs the comparison stopped (docs/method/comparison.md).
   */
  speedup: readingSchema,
  /** As in the plan: the speed-ups that count as no difference. */
  margin: z.number(),
  /** How the blocks were interleaved; `processes`: in turn in processes of their own, because of `pairingReason`. */
  pairing: z.enum(['resident', 'processes']),
  pairingReason: z.string().nullable(),
  pairs: z.number().int().nonnegative(),
  /** Queries of one block, each side. */
  queriesPerBlock: z.object({ baseline: z.number().int(), candidate: z.number().int() }),
  /** Median latency of one query over the blocks, ns. */
  latency: z.object({ baseline: readingSchema, candidate: readingSchema }),
  /** Standard deviation of ln(baseline / candidate) over the pairs. */
  logRatioDeviation: z.number().nonnegative(),
  /** Of "the speed-up lies within the margin", valid at any stop; at most 0.05 exactly where it is FASTER or SLOWER. */
  pValue: z.number().min(0).max(1),
  /** Over all candidates of the plan by Benjamini and Hochberg; null for a single one. */
  adjusted: z
    .object({ comparisons: z.number().int().positive(), pValue: z.number().min(0).max(1), verdict: speedVerdictSchema })
    .nullable(),
  stopped: z.enum(['settled', 'time-limit', 'cancelled']),
  /** What would settle an ambiguous verdict; null where it is settled or nothing would. */
  toSettle: z.object({ pairs: z.number().int().positive(), durationS: z.number().positive() }).nullable(),
  /** Measured part: what was predicted after the first ten pairs as the longest that a difference of one and a half margins takes, and what it took, s. */
  predictedDurationS: z.number().nullable(),
  durationS: z.number().nonnegative(),
});
export type Speed = z.infer<typeof speedSchema>;

/** How far the outputs of the candidate are from those of the baseline, for one output that both have. */
export const outputAgreementSchema = z.object({
  output: z.string(),
  /** Samples, and elements of one sample. */
  samples: z.number().int().positive(),
  elements: z.number().int().positive(),
  /** |candidate - baseline| over |baseline - its mean over the samples| (L2); null where the outputs never vary. */
  centredRelativeError: z.number().nullable(),
  /** The same in decibels, 20 log10 of its inverse; null where it is infinite or undefined. */
  sqnrDb: z.number().nullable(),
  maxError: z.number(),
  /** Share of samples with the same largest element, or the baseline's largest among the candidate's five largest; null for outputs that are no scores. */
  top1: readingSchema.nullable(),
  top5: readingSchema.nullable(),
  /** Mean Kullback-Leibler divergence of the softmax, nat; null like top1. */
  softmaxKl: z.number().nullable(),
  cosine: z.number().nullable(),
});
export type OutputAgreement = z.infer<typeof outputAgreementSchema>;

/** Accuracy of both sides on the same labelled samples. */
export const labelledQualitySchema = z.object({
  samples: z.number().int().positive(),
  baseline: readingSchema,
  candidate: readingSchema,
  /** Candidate minus baseline, with an interval for paired proportions. */
  difference: readingSchema,
  /** Discordant samples, and the exact two-sided p value of McNemar's test. */
  onlyBaselineRight: z.number().int().nonnegative(),
  onlyCandidateRight: z.number().int().nonnegative(),
  mcNemarPValue: z.number().min(0).max(1),
});
export type LabelledQuality = z.infer<typeof labelledQualitySchema>;

export const qualitySchema = z.object({
  /** Where the inputs come from; `generated` says nothing about the user's task. */
  source: z.enum(['labelled', 'files', 'generated']),
  samples: z.number().int().positive(),
  labelled: labelledQualitySchema.nullable(),
  outputs: z.array(outputAgreementSchema),
  /** Why quality must not be read from this at all, e.g. calibration with generated inputs; null otherwise. */
  voidReason: z.string().nullable(),
  remarks: z.array(z.string()),
});
export type Quality = z.infer<typeof qualitySchema>;

/** Which kernels ONNX Runtime runs for one side. */
export const kernelsSchema = z.object({
  provider: z.string(),
  /** Of the optimized graph, most time first. `share` of the time of one profiled query, 0..1; the profile is never timed. */
  operators: z.array(
    z.object({
      operator: z.string(),
      nodes: z.number().int().positive(),
      share: z.number().min(0).max(1),
      class: z.enum(['integer', 'weight-only', 'float', 'conversion', 'other']),
    }),
  ),
  /** Nodes of the class `integer` and `weight-only`: the fused kernels that the quantization was for. */
  fusedNodes: z.number().int().nonnegative(),
  /** Float operators that stand between conversions from and to integers, by name. */
  islands: z.array(z.object({ node: z.string(), operator: z.string(), share: z.number().min(0).max(1) })),
  /** Weights that are converted to float on every run, by the node that reads them. */
  weightConversions: z.array(z.string()),
});
export type Kernels = z.infer<typeof kernelsSchema>;

/** What one side needs. */
export const sideEvidenceSchema = z.object({
  modelSha256: sha256Schema,
  path: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  /** Peak resident memory of a process that has only this session and runs it, over what it had before; null: unknown. */
  peakRssBytes: z.number().nonnegative().nullable(),
  recipe: z.string().nullable(),
  weightPrecision: z.record(z.string(), z.number()),
  /** null where the profile failed; the reason is a remark of the comparison. */
  kernels: kernelsSchema.nullable(),
});
export type SideEvidence = z.infer<typeof sideEvidenceSchema>;

/** How one side was run. */
const sideConditionsSchema = z.object({
  inputs: provenanceSchema.shape.inputs,
  /** As handed to ONNX Runtime. */
  sessionOptions: z.record(z.string(), z.unknown()),
  device: z.string().nullable(),
  libraries: z.array(z.string()),
  warmUp: stagesSchema.shape.warmUp,
});

/** Under which conditions the speed was measured. */
export const comparisonConditionsSchema = z.object({
  node: z.string(),
  baseline: sideConditionsSchema,
  candidate: sideConditionsSchema,
  /** Share of processor time that others used before and during the pairs, and that the hypervisor took, 0..1; null: the system does not tell. */
  otherLoadBefore: z.number().nullable(),
  otherLoadDuring: z.number().nullable(),
  stealShare: z.number().nullable(),
});
export type ComparisonConditions = z.infer<typeof comparisonConditionsSchema>;

/** What is known once a comparison has ended. */
export const comparisonResultSchema = z.object({
  /** null where nothing could be measured; `findings` say why. */
  speed: speedSchema.nullable(),
  /** null with `speed`. */
  conditions: comparisonConditionsSchema.nullable(),
  baseline: sideEvidenceSchema,
  candidate: sideEvidenceSchema,
  quality: qualitySchema.nullable(),
  /** Why it is not faster, traps and risks, each with its remedy; a finding "invalid" takes the verdict its meaning. */
  findings: z.array(findingSchema),
});
export type ComparisonResult = z.infer<typeof comparisonResultSchema>;

export const comparisonRecordSchema = z.object({
  id: comparisonIdSchema,
  plan: comparisonPlanSchema,
  /** Index into the candidates of the plan; the comparisons of one plan share `groupId`. */
  candidate: z.number().int().nonnegative(),
  groupId: comparisonIdSchema,
  createdAt: z.string(),
  durationS: z.number().nonnegative(),
  app: z.object({ version: z.string(), commit: z.string().nullable() }),
  onnxruntime: z.string(),
  machineSha256: sha256Schema,
  machineFingerprint: sha256Schema,
  /** Command that repeats it. */
  command: z.string(),
  result: comparisonResultSchema,
});
export type ComparisonRecord = z.infer<typeof comparisonRecordSchema>;

/** What happens while a plan of comparisons is carried out, in order. */
export const comparisonMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('preparing'), model: z.string(), share: z.number() }),
  z.object({
    type: z.literal('progress'),
    candidate: z.number().int().nonnegative(),
    stage: z.enum(['quality', 'kernels', 'warm-up', 'pairs']),
    pairs: z.number().int().nonnegative(),
    /** Speed-up so far with its interval; null before the first three pairs. */
    speedup: readingSchema.nullable(),
    /** s until the verdict, estimated; null before anything tells. */
    remainingS: z.number().nonnegative().nullable(),
  }),
  z.object({ type: z.literal('compared'), record: comparisonRecordSchema }),
]);
export type ComparisonMessage = z.infer<typeof comparisonMessageSchema>;

/** One stored result as a side of a ratio. */
const storedSideSchema = z.object({ cellId: cellIdSchema, model: z.string(), latency: readingSchema });

/** Ratio of two results that were measured at different times: not paired, so drift and heat are in it. */
export const storedRatioSchema = z.object({
  verdict: speedVerdictSchema,
  /** Median of the baseline over that of the candidate, unit "1", with an interval that holds where both do. */
  speedup: readingSchema,
  margin: z.number(),
  baseline: storedSideSchema,
  candidate: storedSideSchema,
  /** What makes the two less comparable: other machine, batch, inputs, time. */
  remarks: z.array(z.string()),
});
export type StoredRatio = z.infer<typeof storedRatioSchema>;
