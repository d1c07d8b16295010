import { z } from 'zod';
import { coldStartSchema } from './cold-start.ts';
import { decodeTimingSchema } from './decode-timing.ts';
import { energySchema } from './energy.ts';
import { idleGapSchema } from './idle-gap.ts';
import { instanceScalingSchema } from './instance-scaling.ts';
import { percentileSchema } from './percentile.ts';
import { placementSchema } from './placement.ts';
import { observed, readingSchema } from './provenance.ts';
import { serverLoadSchema } from './server-load.ts';
import { throttlingSchema } from './throttling.ts';

export { percentileSchema };
export type { Percentile } from './percentile.ts';

/**
 * Raw stamps of one series, in ns from the start of the measured part, one entry per query in order of issue.
 * `scheduledNs` is null in closed-loop scenarios, where a query is issued when the one before has completed.
 */
export interface SampleSeries {
  scheduledNs: Float64Array | null;
  issuedNs: Float64Array;
  completedNs: Float64Array;
}

/** The three stages that are reported apart, and what warm-up found. Latencies in ns. */
export const stagesSchema = z.object({
  sessionCreationNs: z.number().nonnegative(),
  firstInferenceNs: z.number().nonnegative(),
  warmUp: z.object({
    runs: z.number().int().nonnegative(),
    durationNs: z.number().nonnegative(),
    /** False: windows never agreed within the limit; the measurement ran anyway and is marked UNSTEADY. */
    steady: z.boolean(),
  }),
});
export type Stages = z.infer<typeof stagesSchema>;

/** What the harness itself costs, measured in the same process after the measured part, so as not to warm anything. */
export const harnessSchema = z.object({
  /** Smallest step seen between two different readings of the clock. */
  clockResolutionNs: z.number().positive(),
  /** Median cost of reading the clock once. */
  clockCallNs: z.number().nonnegative(),
  /** Median latency of an identity graph on one float: the overhead of a call. */
  nullModelNs: z.number().nonnegative(),
  /** Median extra time to return 1 MiB of output to JavaScript. */
  outputCopyNsPerMiB: z.number().nonnegative(),
  /** Estimated share of output copy for this model's outputs, ns per query. */
  bindingCopyNs: z.number().nonnegative(),
});
export type Harness = z.infer<typeof harnessSchema>;

/** A process that computed on the GPU of the configuration before its engine started. */
const foreignGpuProcessSchema = z.object({
  pid: z.number().int(),
  /** null: it belongs to another container, or is gone. */
  name: z.string().nullable(),
  /** Memory of the GPU that it holds; null: the driver does not tell. */
  memoryBytes: z.number().nullable(),
});
export type ForeignGpuProcess = z.infer<typeof foreignGpuProcessSchema>;

/** Load on the machine around the measured part. null = this system does not tell. */
export const disturbanceSchema = z.object({
  /** Share of CPU time used by others in the second before the start, 0..1. */
  otherLoadBefore: z.number().nullable(),
  /** The same during the measured part; the engine and the core are not others. */
  otherLoadDuring: z.number().nullable(),
  /** Share of CPU time stolen by the hypervisor during the measured part, 0..1. */
  stealShare: z.number().nullable(),
  /** Time of the measured part in which nothing could run, because the machine slept or the engine was stopped. */
  suspendedNs: z.number().nonnegative().optional(),
  /** Peak resident memory of the engine process, bytes. */
  enginePeakRssBytes: z.number().nullable(),
  /** Resident memory just before session creation, bytes. */
  engineRssBeforeBytes: z.number().nullable(),
  /** Left out: the configuration computes on no GPU, or nothing tells who else does. */
  foreignGpuProcesses: z.array(foreignGpuProcessSchema).optional(),
});
export type Disturbance = z.infer<typeof disturbanceSchema>;

/** Everything computed from the series of one engine process. */
export const seriesSummarySchema = z.object({
  /** Queries completed in the measured part. */
  queries: z.number().int().nonnegative(),
  /** Queries whose stamps were kept: every k-th, k fixed before the measured part. */
  kept: z.number().int().nonnegative(),
  keptEvery: z.number().int().positive(),
  durationNs: z.number().nonnegative(),
  executedSamples: z.number().int().nonnegative(),
  /** Latency: completed - scheduled; equals service time in closed loops. */
  latencyMeanNs: readingSchema.nullable(),
  latencyMinNs: z.number().nullable(),
  latencyMaxNs: z.number().nullable(),
  percentiles: z.array(percentileSchema),
  /** Executed samples per second, block bootstrap interval. */
  throughput: readingSchema.nullable(),
  autocorrelationLag1: z.number().nullable(),
  effectiveSampleSize: z.number().nullable(),
  outliers: z.object({
    lowSevere: z.number().int(),
    lowMild: z.number().int(),
    highMild: z.number().int(),
    highSevere: z.number().int(),
  }),
  drift: z
    .object({
      /** Theil-Sen slope as a share of the median per second. */
      slopePerS: readingSchema,
      /** Median of the last third over the median of the first third, minus 1. */
      thirdsRatio: z.number(),
      flagged: z.boolean(),
    })
    .nullable(),
  /** A change of level found inside the measured part after the fact. */
  changePoint: z
    .object({
      atQuery: z.number().int(),
      atNs: z.number(),
      medianBeforeNs: z.number(),
      medianAfterNs: z.number(),
      /** Median of what came after, offered beside the untrimmed one; null where it does not earn an interval. */
      trimmedMedian: readingSchema.nullable(),
    })
    .nullable(),
});
export type SeriesSummary = z.infer<typeof seriesSummarySchema>;

export const findingSchema = z.object({
  code: z.string(),
  severity: z.enum(['remark', 'invalid']),
  /** One sentence: what was found. */
  reason: z.string(),
  /** One sentence: what to do about it. */
  remedy: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

export const validitySchema = z.object({
  verdict: z.enum(['VALID', 'VALID WITH REMARKS', 'INVALID']),
  findings: z.array(findingSchema),
});
export type Validity = z.infer<typeof validitySchema>;

/** Why an output and its expected values have no difference: the last says nothing against the output. */
const outputProblemSchema = z.enum(['missing', 'another-shape', 'not-finite', 'not-comparable']);
export type OutputProblem = z.infer<typeof outputProblemSchema>;

/** The result of one cell: all its processes together. */
export const measurementSchema = z.object({
  stages: stagesSchema,
  harness: harnessSchema,
  disturbance: disturbanceSchema,
  /** One per engine process, in order. */
  processes: z.array(seriesSummarySchema).min(1),
  /** Headline: the single process, or the pooled view with the interval from process means. */
  summary: seriesSummarySchema,
  /** Standard deviation of process medians over their mean; null with one process. */
  betweenProcessSpread: z.number().nullable(),
  executedBatch: z.number().int().nonnegative().nullable(),
  /** Threads that compute one query; null where the system does not tell. */
  threadsUsed: z.number().int().positive().nullable(),
  /** Accuracy on shipped labels, for models that have them. */
  accuracy: z.object({ correct: z.number().int(), total: z.number().int(), reading: readingSchema }).nullable(),
  /** How the outputs differ from the expected ones, where a test data set has them. */
  expectedOutputs: z
    .object({
      /** Outputs over all sets. */
      compared: z.number().int(),
      /** Largest difference over the largest expected magnitude; null where no values could be compared. */
      maxRelativeError: z.number().nullable(),
      /** False when an output is missing, has another shape, or differs by more than the tolerance. */
      withinTolerance: z.boolean(),
      /** Outputs without a difference that could be told as a number, once for each name and state. */
      problems: z.array(z.object({ output: z.string(), state: outputProblemSchema })),
    })
    .nullable(),
  /** One sample repeated against the rotation: median ratio; under 0.9 suggests caching. */
  cachingRatio: z.number().nullable(),
  /** Where the work ran, for providers other than the CPU; absent with the reason where the pass failed. */
  placement: observed(placementSchema).optional(),
  /** What the sensors say of throttling, with the median without it; absent with the reason where none can tell. */
  throttling: observed(throttlingSchema).optional(),
  /** Energy per prediction by every meter that sees the configuration. */
  energy: energySchema.optional(),
  /** Scenario "server": what there is to know beside the latency. */
  server: serverLoadSchema.optional(),
  /** Scenario "idle-gap": the pauses as they were kept. */
  idleGap: idleGapSchema.optional(),
  /** Scenario "decode". */
  decode: decodeTimingSchema.optional(),
  /** Scenario "cold-start". */
  coldStart: coldStartSchema.optional(),
  /** Where several engines worked at once. */
  instances: instanceScalingSchema.optional(),
});
export type Measurement = z.infer<typeof measurementSchema>;
