import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { measureDependence } from './dependence.ts';
import { percentileOfSorted } from './percentile-interval.ts';
import { windowMedians } from './window-medians.ts';

/** Fewest values from which a slope is given. */
const MIN_VALUES = 10;

/** Difference between first and last third from which a drift is worth a flag (our choice). */
const THIRDS_TOLERANCE = 0.02;

const NS_PER_S = 1e9;

/** Trend of a series: slope as a share of its median per second, with its interval. */
export interface Drift {
  slopePerS: number;
  lowPerS: number | null;
  highPerS: number | null;
  /** Windows behind the slope. */
  windows: number;
  /** Median of the last third over the median of the first third, minus 1. */
  thirdsRatio: number;
  flagged: boolean;
}

/** Ascending slopes of all pairs that differ in time. */
function pairwiseSlopes(values: Float64Array, times: Float64Array): Float64Array {
  const slopes = new Float64Array((values.length * (values.length - 1)) / 2);
  let count = 0;
  for (let later = 1; later < values.length; later += 1) {
    for (let earlier = 0; earlier < later; earlier += 1) {
      const elapsed = times[later]! - times[earlier]!;
      if (elapsed <= 0) continue;
      slopes[count] = (values[later]! - values[earlier]!) / elapsed;
      count += 1;
    }
  }
  return slopes.subarray(0, count).sort();
}

/**
 * Theil-Sen slope of latency against time on window medians, with Sen's interval from the variance of Kendall's
 * statistic. That variance is multiplied by the correlation time of the residuals, since neighbouring windows may be
 * correlated. Flagged when the interval excludes 0 and the outer thirds differ by more than 2 %. Latencies and times
 * in ns, in order of time. Sources: Theil 1950; Sen 1968; Hamed and Rao 1998. null for fewer than ten values.
 */
export function detectDrift(latenciesNs: Float64Array, timesNs: Float64Array, level: number): Drift | null {
  const n = latenciesNs.length;
  if (n < MIN_VALUES) return null;
  const { medians, middleNs } = windowMedians(latenciesNs, timesNs);
  const slopes = pairwiseSlopes(medians, middleNs);
  if (slopes.length === 0) return null;
  const median = percentileOfSorted(medians.slice().sort(), 50);
  const third = Math.floor(n / 3);
  const firstThird = percentileOfSorted(latenciesNs.slice(0, third).sort(), 50);
  const lastThird = percentileOfSorted(latenciesNs.slice(n - third).sort(), 50);
  if (!(median > 0) || !(firstThird > 0)) return null;

  const slope = percentileOfSorted(slopes, 50);
  const residuals = medians.map((value, index) => value - slope * middleNs[index]!);
  const windows = medians.length;
  const kendallVariance = (windows * (windows - 1) * (2 * windows + 5)) / 18;
  const { correlationTime } = measureDependence(residuals);
  const reach = normalQuantile((1 + level) / 2, 0, 1) * Math.sqrt(kendallVariance * correlationTime);
  const low = slopes[Math.floor((slopes.length - reach) / 2) - 1] ?? null;
  const high = slopes[Math.ceil((slopes.length + reach) / 2)] ?? null;

  const perS = NS_PER_S / median;
  const thirdsRatio = lastThird / firstThird - 1;
  const excludesZero = low !== null && high !== null && (low > 0 || high < 0);
  return {
    slopePerS: slope * perS,
    lowPerS: low === null ? null : low * perS,
    highPerS: high === null ? null : high * perS,
    windows,
    thirdsRatio,
    flagged: excludesZero && Math.abs(thirdsRatio) > THIRDS_TOLERANCE,
  };
}
