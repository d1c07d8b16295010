import studentQuantile from '@stdlib/stats-base-dists-t-quantile';
import { moments } from './autocorrelation.ts';

/** Sample standard deviation (divided by k - 1); null with fewer than two values. */
function sampleDeviation(values: Float64Array): number | null {
  const count = values.length;
  return count < 2 ? null : Math.sqrt((moments(values).variance * count) / (count - 1));
}

/** Mean of one figure per fresh process and its Student t interval with k - 1 degrees of freedom; unit as given. */
export function processMeanInterval(
  perProcess: Float64Array,
  level: number,
): { mean: number; low: number | null; high: number | null } {
  const count = perProcess.length;
  const { mean } = moments(perProcess);
  const deviation = sampleDeviation(perProcess);
  if (deviation === null) return { mean, low: null, high: null };
  const reach = (studentQuantile((1 + level) / 2, count - 1) * deviation) / Math.sqrt(count);
  return { mean, low: mean - reach, high: mean + reach };
}

/**
 * Interval of a percentile from its value in each fresh process: Student t on their logarithms, because latencies
 * differ by factors. Unit as given; null with fewer than two processes.
 */
export function processPercentileInterval(
  perProcess: Float64Array,
  level: number,
): { low: number; high: number } | null {
  const { low, high } = processMeanInterval(perProcess.map(Math.log), level);
  return low === null || high === null ? null : { low: Math.exp(low), high: Math.exp(high) };
}

/** Standard deviation of process medians over their mean; null with one process. */
export function betweenProcessSpread(processMedians: Float64Array): number | null {
  const deviation = sampleDeviation(processMedians);
  return deviation === null ? null : deviation / moments(processMedians).mean;
}
