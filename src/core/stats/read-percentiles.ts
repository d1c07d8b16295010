import type { Percentile } from '../../shared/domain/measurement.ts';
import type { Interval } from '../../shared/domain/provenance.ts';
import { autocorrelationTime, INDEPENDENCE_THRESHOLD, lag1Autocorrelation, moments } from './autocorrelation.ts';
import { processPercentileInterval } from './between-process.ts';
import { sizeFromGroups, measureDependence } from './dependence.ts';
import { earlyStoppingEstimate } from './early-stopping.ts';
import { percentileInterval, percentileOfSorted, queriesForInterval } from './percentile-interval.ts';

/** Nominal coverage of every interval here. */
export const LEVEL = 0.95;

/** Confidence of MLPerf's early stopping. */
const EARLY_STOPPING_CONFIDENCE = 0.99;

/**
 * Below this many queries the few that lie beyond a tail percentile cannot tell how they depend on one another; the
 * latencies themselves have to, and the run must be this many of their correlation times long.
 */
const SHORT_SERIES = 500;
const TAIL_CORRELATION_TIMES = 20;

/** Independent observations that a sample is worth for one percentile, and what set that number. */
interface Worth {
  effectiveSize: number;
  reason: 'independent' | 'neighbours' | 'slow changes' | 'processes';
}

/**
 * Dependence is measured on the 0/1 series "at or below the percentile", not on latencies: the ranks of the interval
 * count those, and correlation of latencies can be far higher or lower (docs/method/statistics.md).
 */
function measureWorth(belowOrAt: Float64Array, processStarts: readonly number[]): Worth {
  const dependence = measureDependence(belowOrAt);
  const n = belowOrAt.length;
  const processMeans = Float64Array.from(
    processStarts,
    (start, index) => moments(belowOrAt.subarray(start, processStarts[index + 1] ?? n)).mean,
  );
  const size = sizeFromGroups(processMeans, n, moments(belowOrAt).variance, dependence.correlationTime);
  if (size !== null && size < dependence.effectiveSize) return { effectiveSize: size, reason: 'processes' };
  const { effectiveSize, slow, correlationTime } = dependence;
  return { effectiveSize, reason: slow ? 'slow changes' : correlationTime > 1 ? 'neighbours' : 'independent' };
}

function describeMethod({ effectiveSize, reason }: Worth): string {
  const size = Math.floor(effectiveSize);
  switch (reason) {
    case 'independent':
      return 'order statistics';
    case 'neighbours':
      return `order statistics, n_eff ${size}`;
    case 'slow changes':
      return `order statistics, n_eff ${size} from the spread of six windows`;
    case 'processes':
      return `order statistics, n_eff ${size} from the spread of processes`;
  }
}

/** Queries that a short series of dependent latencies needs before its tail is told; 0 where that does not bind. */
function queriesForTail(inOrder: Float64Array, processStarts: readonly number[]): number {
  if (inOrder.length >= SHORT_SERIES) return 0;
  const times = processStarts.map((start, index) => {
    const series = inOrder.subarray(start, processStarts[index + 1] ?? inOrder.length);
    return (lag1Autocorrelation(series) ?? 0) > INDEPENDENCE_THRESHOLD ? autocorrelationTime(series) : 1;
  });
  return Math.ceil(TAIL_CORRELATION_TIMES * Math.max(...times));
}

/** Samples of each process, ascending. */
function sortProcesses(inOrder: Float64Array, starts: readonly number[]): Float64Array[] {
  return starts.map((start, index) => inOrder.slice(start, starts[index + 1] ?? inOrder.length).sort());
}

/**
 * The interval of pooled samples, widened to that of the processes where it is narrower: samples tell nothing of what
 * differs from one process to the next, which is usually more than what differs within one. Processes too short to
 * hold the percentile say nothing about it.
 */
function widenByProcesses(
  interval: Interval & { low: number; high: number },
  percentile: number,
  processes: readonly Float64Array[],
): Interval {
  const rarer = Math.min(percentile, 100 - percentile) / 100;
  if (processes.length < 2 || processes.some(({ length }) => length * rarer < 1)) return interval;
  const values = Float64Array.from(processes, (sorted) => percentileOfSorted(sorted, percentile));
  const between = processPercentileInterval(values, LEVEL);
  if (between === null || (between.low >= interval.low && between.high <= interval.high)) return interval;
  return {
    low: Math.min(between.low, interval.low),
    high: Math.max(between.high, interval.high),
    level: LEVEL,
    method: `Student t over ${processes.length} processes, with ${interval.method}`,
  };
}

/**
 * Percentiles with their 95 % intervals. One is earned when both bounds exist at its effective sample size; otherwise
 * the entry says how many queries of this dependence it needs. `inOrder` in order of issue, `sorted` the same values
 * ascending, in ns; `processStarts` holds the index at which each process begins, [0] for one process.
 */
export function readPercentiles(
  inOrder: Float64Array,
  sorted: Float64Array,
  percentiles: readonly number[],
  processStarts: readonly number[],
): Percentile[] {
  const n = sorted.length;
  const belowOrAt = new Float64Array(n);
  const processes = sortProcesses(inOrder, processStarts);
  const neededForTail = queriesForTail(inOrder, processStarts);
  return percentiles.map((percentile) => {
    const needed = Math.max(queriesForInterval(percentile, LEVEL), percentile === 50 ? 0 : neededForTail);
    if (n < needed) return { status: 'unearned', percentile, n, neededN: needed };
    const valueNs = percentileOfSorted(sorted, percentile);
    for (let index = 0; index < n; index += 1) belowOrAt[index] = inOrder[index]! <= valueNs ? 1 : 0;
    const worth = measureWorth(belowOrAt, processStarts);
    const { low, high } = percentileInterval(sorted, percentile, LEVEL, worth.effectiveSize);
    if (low === null || high === null) {
      return { status: 'unearned', percentile, n, neededN: Math.ceil((needed * n) / worth.effectiveSize) };
    }
    return {
      status: 'earned',
      percentile,
      reading: {
        value: valueNs,
        unit: 'ns',
        kind: 'measured',
        interval: widenByProcesses({ low, high, level: LEVEL, method: describeMethod(worth) }, percentile, processes),
        n,
      },
      earlyStoppingNs: earlyStoppingEstimate(sorted, percentile, EARLY_STOPPING_CONFIDENCE),
    };
  });
}
