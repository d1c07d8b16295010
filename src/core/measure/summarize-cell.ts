import type { MeasureResult } from '../../engine/protocol.ts';
import type { Measurement, SampleSeries, SeriesSummary } from '../../shared/domain/measurement.ts';
import type { CellConfig, Grade, Plan } from '../../shared/domain/plan.ts';
import { summarizeProcesses, type ProcessesSummary, type ProcessSeries } from '../stats/summarize-processes.ts';
import type { MeasureCellOptions } from './cell-options.ts';
import { summarizeDecode } from './decode/summarize-decode.ts';
import { describeReadings } from './describe-readings.ts';
import { toDisturbance, type DoneRun } from './engine-run.ts';
import { readIdleGap } from './idle-gap.ts';
import { readServerLoad } from './load/read-server-load.ts';

/** What the processes of a configuration measured, one after another, together. */
export function toMeasurement(options: MeasureCellOptions, grade: Grade, done: readonly DoneRun[]): Measurement {
  const { prepared, plan } = options;
  const summarized = summarizeScenario(
    prepared.config,
    done.map((run) => toProcessSeries(options, grade, run)),
    done,
  );
  return {
    ...describeProcesses(options, done),
    ...summarized,
    ...describeReadings(plan, done, summarized),
    ...serverPart(done, prepared.config, plan, grade),
  };
}

/** The series of one process with what it does not say about itself. */
export function toProcessSeries(
  { prepared: { config } }: MeasureCellOptions,
  grade: Grade,
  { samples, end: { result } }: DoneRun,
): ProcessSeries {
  return {
    series: samples,
    context: {
      samplesPerQuery: result.executedBatch?.min ?? config.batch,
      totalQueries: result.queries,
      keptEvery: result.keptEvery,
      durationNs: result.durationNs,
      percentiles: grade.percentiles,
      seed: config.seed,
    },
  };
}

/** Everything that processes tell beside their series. */
export function describeProcesses(
  { prepared }: MeasureCellOptions,
  done: readonly DoneRun[],
): Omit<Measurement, 'processes' | 'summary' | 'betweenProcessSpread'> {
  const { batch } = prepared.config;
  const first = done[0]?.end.result;
  if (first?.harness == null) throw new Error('A measurement without a process or without harness disclosure');
  const batches = done.map(({ end: { result } }) => result.executedBatch);
  // One differing query makes the whole batch wrong, so the value that differs is the one that is reported.
  const executed = batches.map((one) => (one === null ? null : one.min === batch ? one.max : one.min));
  const cachingRatios = done.map(({ end: { result } }) => result.cachingRatio).filter((ratio) => ratio !== null);
  return {
    stages: {
      sessionCreationNs: first.sessionCreationNs,
      firstInferenceNs: first.firstInferenceNs,
      warmUp: { ...first.warmUp, steady: done.every(({ end: { result } }) => result.warmUp.steady) },
    },
    harness: first.harness,
    disturbance: toDisturbance(done),
    executedBatch: executed.find((one) => one !== batch) ?? executed[0] ?? null,
    threadsUsed: first.threadsUsed,
    accuracy: prepared.accuracy,
    expectedOutputs: prepared.expectedOutputs,
    cachingRatio: cachingRatios.length > 0 ? Math.min(...cachingRatios) : null,
  };
}

/** What the series say, in the terms of the scenario. */
function summarizeScenario(
  config: CellConfig,
  series: readonly ProcessSeries[],
  done: readonly DoneRun[],
): ProcessesSummary & Pick<Measurement, 'decode' | 'idleGap'> {
  if (config.decode !== undefined) {
    const told = done.flatMap(({ end: { result } }) => (result.decode === undefined ? [] : [result.decode]));
    return summarizeDecode(config.decode, series, told);
  }
  const summarized = summarizeProcesses(series);
  if (config.pauseMs === undefined) return summarized;
  // The rate follows from the pause, not from the model.
  const withoutRate = (one: SeriesSummary): SeriesSummary => ({ ...one, throughput: null });
  return {
    ...summarized,
    processes: summarized.processes.map(withoutRate),
    summary: withoutRate(summarized.summary),
    idleGap: readIdleGap(config.pauseMs, series),
  };
}

function serverPart(
  done: readonly { samples: SampleSeries; end: { result: MeasureResult } }[],
  { load }: CellConfig,
  { serviceLevel }: Plan,
  { percentiles }: Grade,
): Pick<Measurement, 'server'> {
  if (load === undefined) return {};
  const processes = done.flatMap(({ samples, end: { result } }) =>
    result.server === undefined ? [] : [{ samples, server: result.server }],
  );
  return { server: readServerLoad(processes, { load, serviceLevel, percentiles }) };
}
