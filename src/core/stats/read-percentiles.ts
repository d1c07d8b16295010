import type { Percentile } from '../../shared/domain/measurement.ts';
import { moments } from './autocorrelation.ts';
import { sizeFromGroups, measureDependence } from './dependence.ts';
import { earlyStoppingEstimate } from './early-stopping.ts';
import { percentileInterval, percentileOfSorted, queriesForInterval } from './percentile-interval.ts';

/** Nominal coverage of every interval here. */
export const LEVEL = 0.95;

/** Confidence of MLPerf's early stopping. */
const EARLY_STOPPING_CONFIDENCE = 0.99;

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
  return percentiles.map((percentile) => {
    const needed = queriesForInterval(percentile, LEVEL);
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
        interval: { low, high, level: LEVEL, method: describeMethod(worth) },
        n,
      },
      earlyStoppingNs: earlyStoppingEstimate(sorted, percentile, EARLY_STOPPING_CONFIDENCE),
    };
  });
}
