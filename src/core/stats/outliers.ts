import { percentileOfSorted } from './percentile-interval.ts';

/** Observations beyond Tukey's fences, 1.5 (mild) and 3 (severe) interquartile ranges from the quartiles. */
export interface OutlierCounts {
  lowSevere: number;
  lowMild: number;
  highMild: number;
  highSevere: number;
}

/** Number of values below `bound` (or at it, with `inclusive`) in an ascending sample. */
function countBelow(sorted: Float64Array, bound: number, inclusive: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle]!;
    if (value < bound || (inclusive && value === bound)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Counts outliers of an ascending sample. They are counted, never removed. Source: Tukey 1977. */
export function countOutliers(sorted: Float64Array): OutlierCounts {
  if (sorted.length === 0) return { lowSevere: 0, lowMild: 0, highMild: 0, highSevere: 0 };
  const lower = percentileOfSorted(sorted, 25);
  const upper = percentileOfSorted(sorted, 75);
  const range = upper - lower;
  const lowSevere = countBelow(sorted, lower - 3 * range, false);
  const highSevere = sorted.length - countBelow(sorted, upper + 3 * range, true);
  return {
    lowSevere,
    lowMild: countBelow(sorted, lower - 1.5 * range, false) - lowSevere,
    highMild: sorted.length - countBelow(sorted, upper + 1.5 * range, true) - highSevere,
    highSevere,
  };
}
