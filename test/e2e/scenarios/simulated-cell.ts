import { grades } from '../../../src/shared/domain/grades.ts';
import { judgeValidity } from '../../../src/core/measure/validity.ts';
import { summarizeProcesses } from '../../../src/core/stats/summarize-processes.ts';
import type { FinalOutcome } from '../../../src/core/storage/cells.ts';
import type { Disturbance, Measurement, SampleSeries } from '../../../src/shared/domain/measurement.ts';
import type { CellConfig, GradeId } from '../../../src/shared/domain/plan.ts';
import { simulateSeries } from '../../unit/storage/sample-run.ts';
import { fixedHarness } from '../support/scripted-engine.ts';

/** A cell that was never measured: its samples are simulated, its statistics and its verdict are the product's own. */
export interface SimulatedCell {
  config: CellConfig;
  grade: GradeId;
  medianNs: number;
  /** Queries of each engine process. */
  queries: readonly number[];
  /** False: warm-up did not settle, which makes the result INVALID. */
  steady?: boolean;
  disturbance?: Partial<Disturbance>;
  /** What its scenario alone knows. */
  details?: Partial<Measurement>;
  /** Instead of samples that are drawn around the median. */
  samples?: readonly SampleSeries[];
}

export interface CellResult {
  outcome: FinalOutcome;
  samples: SampleSeries[];
}

export function simulateCell(cell: SimulatedCell): CellResult {
  const { config, medianNs, queries, steady = true, disturbance = {}, details = {} } = cell;
  const grade = grades[cell.grade];
  // Processes differ a little from each other, as real ones do.
  const samples =
    cell.samples ?? queries.map((n, process) => simulateSeries(n, 100 + process, medianNs * (1 + 0.0015 * process)));
  const measured = samples.map((series) => ({
    series,
    context: {
      samplesPerQuery: config.batch,
      totalQueries: series.issuedNs.length,
      keptEvery: 1,
      durationNs: Math.max(series.completedNs.at(-1) ?? 0, grade.minDurationS * 1e9),
      percentiles: grade.percentiles,
      seed: config.seed,
    },
  }));
  const measurement = {
    ...summarizeProcesses(measured),
    stages: {
      sessionCreationNs: 48e6,
      firstInferenceNs: medianNs * 3.7,
      warmUp: { runs: 120, durationNs: 2.1e9, steady },
    },
    harness: fixedHarness,
    disturbance: {
      otherLoadBefore: 0.012,
      otherLoadDuring: 0.009,
      stealShare: 0,
      enginePeakRssBytes: 214e6,
      engineRssBeforeBytes: 61e6,
      ...disturbance,
    },
    executedBatch: config.batch,
    threadsUsed: config.threads === 0 ? 4 : config.threads,
    accuracy: null,
    expectedOutputs: null,
    cachingRatio: 0.994,
    ...details,
  };
  const validity = judgeValidity(measurement, {
    config,
    grade,
    customRules: false,
    weightPrecision: { float32: 1 },
    inputs: { source: 'generated', feeds: 64, distinctSamples: 64, remarks: [] },
    providerOptions: {},
    warmUpTolerance: 0.05,
    softwareAdapter: config.provider === 'webgpu',
    macsPerSample: null,
    ceilingMacsPerS: null,
  });
  return { outcome: { state: 'completed', measurement, validity }, samples: [...samples] };
}
