import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';

/**
 * Whether `queries` of which `overLatency` were slower than a bound prove, at `confidence`, that the bound holds for
 * the percentile: P(Binomial(n, 1 - p) <= t) <= 1 - c. Source: MLPerf inference rules, early stopping with d = 0.
 */
function isEnough(queries: number, percentile: number, confidence: number, overLatency: number): boolean {
  return binomialCdf(overLatency, queries, 1 - percentile / 100) <= 1 - confidence;
}

/**
 * Smallest number of queries that lets `overLatency` of them exceed the bound and still proves it for the percentile.
 * `percentile` in percent (99 for p99), `confidence` as a share. Published check: (99, 0.99, 1) is 662.
 */
export function queriesNeeded(percentile: number, confidence: number, overLatency: number): number {
  let low = overLatency;
  let high = Math.max(2, 2 * overLatency);
  while (!isEnough(high, percentile, confidence, overLatency)) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle, percentile, confidence, overLatency)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Upper confidence bound of a percentile by MLPerf's SingleStream estimate: with the largest t for which n(t) <= n,
 * leave out the t - 1 slowest and report the slowest that is left. `sorted` ascending, any unit. null while t < 1,
 * that is below n(1), because the rule then has nothing to report.
 */
export function earlyStoppingEstimate(sorted: Float64Array, percentile: number, confidence: number): number | null {
  const n = sorted.length;
  if (n === 0 || !isEnough(n, percentile, confidence, 1)) return null;
  let enough = 1;
  let tooMany = n;
  while (tooMany - enough > 1) {
    const middle = Math.floor((enough + tooMany) / 2);
    if (isEnough(n, percentile, confidence, middle)) enough = middle;
    else tooMany = middle;
  }
  return sorted[n - enough] ?? null;
}
