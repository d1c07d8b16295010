/** Rules of the scenario "server" (docs/method/load.md). */

/** A call that begins later than this after it could have begun is late: 1 ms, or 5 % of the mean gap if that is longer. */
export function latenessLimitNs(ratePerS: number): number {
  return Math.max(1e6, (0.05 * 1e9) / ratePerS);
}

/** Share of late calls above which the harness, not the model, made the result. */
export const lateShareLimit = 0.01;

/** Confidence at which a run proves that a percentile kept its limit (MLPerf's early stopping). */
export const proofConfidence = 0.99;

/** Arrivals of one process are kept in memory, with their lateness: 16 bytes each. */
export const mostScheduledQueries = 8_000_000;
