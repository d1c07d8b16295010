import type { SampleSeries, SeriesSummary } from '../../shared/domain/measurement.ts';
import type { Reading } from '../../shared/domain/provenance.ts';
import { effectiveSampleSize, lag1Autocorrelation } from './autocorrelation.ts';
import { betweenProcessSpread, processMeanInterval } from './between-process.ts';
import { countOutliers } from './outliers.ts';
import { percentileOfSorted } from './percentile-interval.ts';
import { LEVEL, readPercentiles } from './read-percentiles.ts';
import { latenciesOf, summarizeSeries, type SeriesContext } from './summarize-series.ts';

/** The samples of one engine process with their context. */
export interface ProcessSeries {
  series: SampleSeries;
  context: SeriesContext;
}

/** Summaries of every process, the headline over all of them, and how far process medians lie apart. */
export interface ProcessesSummary {
  processes: SeriesSummary[];
  summary: SeriesSummary;
  /** Standard deviation of process medians over their mean; null with one process. */
  betweenProcessSpread: number | null;
}

/**
 * Summary of one cell measured in one or more fresh processes. With one, the headline is that process. With more,
 * percentiles and outliers come from the pooled samples, and their intervals are widened to what the processes say; mean
 * and throughput come from the process means (Student t, k - 1 degrees of freedom); drift and change of level are those of the process in which they are largest, counted from its
 * own start.
 */
export function summarizeProcesses(measured: readonly ProcessSeries[]): ProcessesSummary {
  const processes = measured.map(({ series, context }) => summarizeSeries(series, context));
  const [first, ...others] = processes;
  if (first === undefined) throw new Error('A summary of no process was asked for.');
  const latencies = measured.map(({ series }) => latenciesOf(series)).filter((values) => values.length > 0);
  const medians = Float64Array.from(latencies, (values) => percentileOfSorted(values.slice().sort(), 50));
  const percentiles = measured[0]?.context.percentiles ?? [];
  return {
    processes,
    summary: others.length === 0 ? first : pool(processes, latencies, percentiles),
    betweenProcessSpread: betweenProcessSpread(medians),
  };
}

function pool(
  processes: readonly SeriesSummary[],
  latencies: readonly Float64Array[],
  percentiles: readonly number[],
): SeriesSummary {
  const pooled = new Float64Array(total(latencies, (values) => values.length));
  const starts: number[] = [];
  let filled = 0;
  for (const values of latencies) {
    pooled.set(values, filled);
    starts.push(filled);
    filled += values.length;
  }
  const sorted = pooled.slice().sort();
  const lag1 = lag1Autocorrelation(pooled);
  return {
    queries: total(processes, (process) => process.queries),
    kept: pooled.length,
    keptEvery: Math.max(...processes.map((process) => process.keptEvery)),
    durationNs: total(processes, (process) => process.durationNs),
    executedSamples: total(processes, (process) => process.executedSamples),
    latencyMeanNs: overProcesses(processes.map((process) => process.latencyMeanNs)),
    latencyMinNs: sorted[0] ?? null,
    latencyMaxNs: sorted[sorted.length - 1] ?? null,
    percentiles: readPercentiles(pooled, sorted, percentiles, starts),
    throughput: overProcesses(processes.map((process) => process.throughput)),
    autocorrelationLag1: lag1,
    effectiveSampleSize: pooled.length === 0 ? null : effectiveSampleSize(pooled.length, lag1),
    outliers: countOutliers(sorted),
    drift: largest(
      processes.map((process) => process.drift),
      (drift) => (drift.flagged ? 1e6 : 0) + Math.abs(drift.thirdsRatio),
    ),
    changePoint: largest(
      processes.map((process) => process.changePoint),
      (change) => Math.abs(Math.log(change.medianAfterNs / change.medianBeforeNs)),
    ),
  };
}

function overProcesses(readings: readonly (Reading | null)[]): Reading | null {
  const present = readings.filter((reading) => reading !== null);
  const [first] = present;
  if (first === undefined) return null;
  const { mean, low, high } = processMeanInterval(
    Float64Array.from(present, (reading) => reading.value),
    LEVEL,
  );
  const interval =
    high === null
      ? null
      : {
          low: low !== null && low > 0 ? low : null,
          high,
          level: LEVEL,
          method: `Student t over ${present.length} process means`,
        };
  return { ...first, value: mean, interval, n: total(present, (reading) => reading.n ?? 0) };
}

function total<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((sum, item) => sum + amount(item), 0);
}

function largest<T>(candidates: readonly (T | null)[], size: (candidate: T) => number): T | null {
  const present = candidates.filter((candidate) => candidate !== null);
  return present.reduce<T | null>((best, next) => (best === null || size(next) > size(best) ? next : best), null);
}
