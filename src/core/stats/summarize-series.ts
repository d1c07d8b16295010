import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { SampleSeries, SeriesSummary } from '../../shared/domain/measurement.ts';
import type { Interval, Reading } from '../../shared/domain/provenance.ts';
import { effectiveSampleSize, lag1Autocorrelation, moments } from './autocorrelation.ts';
import { meanInterval } from './block-bootstrap.ts';
import { findChangePoint } from './change-point.ts';
import { measureDependence } from './dependence.ts';
import { detectDrift } from './drift.ts';
import { countOutliers } from './outliers.ts';
import { LEVEL, readPercentiles } from './read-percentiles.ts';
import { createSeededRandom } from './seeded-random.ts';

const NS_PER_S = 1e9;

/** What a series does not say about itself. */
export interface SeriesContext {
  /** Samples in one query (the executed batch). */
  samplesPerQuery: number;
  /** Queries completed, kept or not. */
  totalQueries: number;
  /** Every how many queries the stamps were kept. */
  keptEvery: number;
  /** Length of the measured part. */
  durationNs: number;
  /** Percentiles that the grade lists, in percent. */
  percentiles: readonly number[];
  /** Seed of the resampling. */
  seed: number;
}

/** Latencies in ns in order of issue: completed - scheduled, or completed - issued in a closed loop. */
export function latenciesOf(series: SampleSeries): Float64Array {
  const starts = series.scheduledNs ?? series.issuedNs;
  return series.completedNs.map((completedNs, index) => completedNs - starts[index]!);
}

/**
 * Everything that the samples of one engine process say: centre, percentiles, throughput, dependence, outliers, drift
 * and change of level. Latencies in ns. The same arguments give the same summary.
 */
export function summarizeSeries(series: SampleSeries, context: SeriesContext): SeriesSummary {
  const latencies = latenciesOf(series);
  const kept = latencies.length;
  const random = createSeededRandom(context.seed);
  const sorted = latencies.slice().sort();
  const lag1 = lag1Autocorrelation(latencies);
  return {
    queries: context.totalQueries,
    kept,
    keptEvery: context.keptEvery,
    durationNs: context.durationNs,
    executedSamples: context.totalQueries * context.samplesPerQuery,
    latencyMeanNs: kept === 0 ? null : readMean(latencies, random, context.seed),
    latencyMinNs: sorted[0] ?? null,
    latencyMaxNs: sorted[kept - 1] ?? null,
    percentiles: readPercentiles(latencies, sorted, context.percentiles, [0]),
    throughput: readThroughput(series.completedNs, context, random),
    autocorrelationLag1: lag1,
    effectiveSampleSize: kept === 0 ? null : effectiveSampleSize(kept, lag1),
    outliers: countOutliers(sorted),
    drift: readDrift(latencies, series.issuedNs),
    changePoint: readChangePoint(latencies, series.issuedNs, context.keptEvery, random),
  };
}

function bootstrapMethod(blocks: number, seed: number): string {
  return `studentized block bootstrap, ${blocks} blocks, 2,000 resamples, seed ${seed}`;
}

/** A bound below 0 is no bound of a time or a rate. */
function positiveOrNull(bound: number): number | null {
  return bound > 0 ? bound : null;
}

function readMean(latencies: Float64Array, random: RandomGenerator, seed: number): Reading {
  const found = meanInterval(latencies, measureDependence(latencies), random, LEVEL);
  const interval: Interval | null = found && {
    low: positiveOrNull(found.low),
    high: found.high,
    level: LEVEL,
    method: bootstrapMethod(found.blocks, seed),
  };
  return { value: moments(latencies).mean, unit: 'ns', kind: 'measured', interval, n: latencies.length };
}

/** Times between completions per query. Completions that overtake each other are put in order first. */
function completionGaps(completedNs: Float64Array, keptEvery: number): Float64Array {
  const inOrder = completedNs.every((value, index) => index === 0 || value >= completedNs[index - 1]!);
  const completions = inOrder ? completedNs : completedNs.slice().sort();
  const gaps = new Float64Array(completions.length - 1);
  for (let index = 0; index < gaps.length; index += 1) {
    gaps[index] = (completions[index + 1]! - completions[index]!) / keptEvery;
  }
  return gaps;
}

/** Executed samples per second between the first and the last completion: (n - 1) over their distance. */
function readThroughput(completedNs: Float64Array, context: SeriesContext, random: RandomGenerator): Reading | null {
  if (completedNs.length < 2) return null;
  const gaps = completionGaps(completedNs, context.keptEvery);
  const gapNs = moments(gaps).mean;
  if (!(gapNs > 0)) return null;
  const samplesPerS = (perQueryNs: number): number => (context.samplesPerQuery * NS_PER_S) / perQueryNs;
  const found = meanInterval(gaps, measureDependence(gaps), random, LEVEL);
  const interval: Interval | null = found && {
    low: samplesPerS(found.high),
    high: found.low > 0 ? samplesPerS(found.low) : null,
    level: LEVEL,
    method: bootstrapMethod(found.blocks, context.seed),
  };
  return { value: samplesPerS(gapNs), unit: 'samples/s', kind: 'measured', interval, n: gaps.length };
}

function readDrift(latencies: Float64Array, timesNs: Float64Array): SeriesSummary['drift'] {
  const drift = detectDrift(latencies, timesNs, LEVEL);
  if (drift === null) return null;
  const method = `Theil-Sen slope with Sen's interval over ${drift.windows} windows`;
  return {
    slopePerS: {
      value: drift.slopePerS,
      unit: 'ratio',
      kind: 'computed',
      interval: { low: drift.lowPerS, high: drift.highPerS, level: LEVEL, method },
      n: drift.windows,
    },
    thirdsRatio: drift.thirdsRatio,
    flagged: drift.flagged,
  };
}

function readChangePoint(
  latencies: Float64Array,
  timesNs: Float64Array,
  keptEvery: number,
  random: RandomGenerator,
): SeriesSummary['changePoint'] {
  const found = findChangePoint(latencies, timesNs, random);
  if (found === null) return null;
  const { atIndex, atNs, medianBeforeNs, medianAfterNs } = found;
  const after = latencies.subarray(atIndex);
  const [trimmed] = readPercentiles(after, after.slice().sort(), [50], [0]);
  const trimmedMedian = trimmed?.status === 'earned' ? trimmed.reading : null;
  return { atQuery: atIndex * keptEvery, atNs, medianBeforeNs, medianAfterNs, trimmedMedian };
}
