import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';

/** Keeps n * p that is whole on paper (1,000 x 99.9 %) from being rounded up by binary fractions. */
const ROUNDING = 1e-9;

/**
 * 1-based rank of a percentile: the smallest observation with at least `percentile` percent of the sample at or below
 * it (nearest rank). Always a value that was observed, and the definition under which the ranks below are exact.
 */
export function percentileRank(n: number, percentile: number): number {
  return Math.min(n, Math.max(1, Math.ceil((n * percentile) / 100 - ROUNDING)));
}

/** Percentile of an ascending, non-empty sample by nearest rank. */
export function percentileOfSorted(sorted: Float64Array, percentile: number): number {
  const value = sorted[percentileRank(sorted.length, percentile) - 1];
  if (value === undefined) throw new Error('A percentile of an empty sample was asked for.');
  return value;
}

/** 1-based ranks of an interval; null where the sample is too small for that bound. */
export interface IntervalRanks {
  low: number | null;
  high: number | null;
}

/** Smallest whole number in [from, to] for which an increasing condition holds; null when it never does. */
function firstWhere(from: number, to: number, holds: (candidate: number) => boolean): number | null {
  if (from > to || !holds(to)) return null;
  let low = from - 1;
  let high = to;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Ranks l and u of the order statistics that enclose a percentile with at most (1 - level) / 2 on either side,
 * whatever the distribution: B(l - 1; n, p) and 1 - B(u - 1; n, p), B the cumulative binomial.
 * Source: Hahn and Meeker, Statistical Intervals, chapter 5.
 */
export function intervalRanks(n: number, percentile: number, level: number): IntervalRanks {
  const p = percentile / 100;
  const tail = (1 - level) / 2;
  const firstTooHigh = firstWhere(1, n, (rank) => binomialCdf(rank - 1, n, p) > tail);
  const low = (firstTooHigh ?? n + 1) - 1;
  return {
    low: low >= 1 ? low : null,
    high: firstWhere(1, n, (rank) => 1 - binomialCdf(rank - 1, n, p) <= tail),
  };
}

/** Smallest number of independent observations for which both bounds of the interval exist. */
export function queriesForInterval(percentile: number, level: number): number {
  const tail = (1 - level) / 2;
  const p = percentile / 100;
  const rarer = Math.max(p, 1 - p);
  return Math.ceil(Math.log(tail) / Math.log(rarer) - ROUNDING);
}

/**
 * Order-statistic interval of a percentile when the sample is worth only `effectiveSize` independent observations:
 * the ranks are found at that size and stretched to the sample, outwards. With effectiveSize = n they are the exact
 * ones. `sorted` ascending; a bound that the size does not allow is null.
 */
export function percentileInterval(
  sorted: Float64Array,
  percentile: number,
  level: number,
  effectiveSize: number,
): { low: number | null; high: number | null } {
  const n = sorted.length;
  const size = Math.min(n, Math.floor(effectiveSize));
  const ranks = intervalRanks(size, percentile, level);
  const stretch = (n + 1) / (size + 1);
  const at = (rank: number): number | null => sorted[Math.min(n, Math.max(1, rank)) - 1] ?? null;
  return {
    low: ranks.low === null ? null : at(Math.floor(ranks.low * stretch + ROUNDING)),
    high: ranks.high === null ? null : at(Math.ceil(ranks.high * stretch - ROUNDING)),
  };
}
