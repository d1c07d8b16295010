import type { ProfilePasses } from '../../shared/domain/profile.ts';
import type { Reading } from '../../shared/domain/provenance.ts';
import { moments } from '../stats/autocorrelation.ts';
import { percentileOfSorted } from '../stats/percentile-interval.ts';
import { ratioInterval } from '../../shared/statistics/ratio-interval.ts';
import { LEVEL, readPercentiles } from '../stats/read-percentiles.ts';

/** Fewer runs tell nothing of how much they vary. */
const fewestForVariation = 10;

/** What the two passes took, each a list of times from host to host in ns, and what the profiler cost. */
export function readPasses(plainNs: readonly number[], profiledNs: readonly number[]): ProfilePasses {
  const plain = readMedian(plainNs);
  const profiled = readMedian(profiledNs);
  return {
    plainRuns: plainNs.length,
    profiledRuns: profiledNs.length,
    plain,
    profiled,
    overhead: toRatio(profiled, plain),
    variation: plainNs.length < fewestForVariation ? null : variationOf(plainNs),
  };
}

/** Median with its interval, where the sample earns one. */
function readMedian(timesNs: readonly number[]): Reading {
  const inOrder = Float64Array.from(timesNs);
  const sorted = inOrder.toSorted();
  const [median] = readPercentiles(inOrder, sorted, [50], [0]);
  if (median?.status === 'earned') return median.reading;
  return { value: percentileOfSorted(sorted, 50), unit: 'ns', kind: 'measured', interval: null, n: sorted.length };
}

/** Standard deviation over mean. */
export function variationOf(values: readonly number[] | Float64Array): number {
  const { mean, variance } = moments(Float64Array.from(values));
  return mean === 0 ? 0 : Math.sqrt(variance) / mean;
}

function toRatio(numerator: Reading, denominator: Reading): Reading {
  const [upper, lower] = [numerator, denominator].map(({ value, interval }) =>
    interval?.low == null || interval.high === null ? null : { value, low: interval.low, high: interval.high },
  );
  const value = numerator.value / denominator.value;
  if (upper == null || lower == null) return { value, unit: '1', kind: 'computed', interval: null, n: null };
  const { low, high } = ratioInterval(upper, lower);
  const interval = { low, high, level: LEVEL, method: 'from the intervals of both medians, not paired' };
  return { value, unit: '1', kind: 'computed', interval, n: null };
}
