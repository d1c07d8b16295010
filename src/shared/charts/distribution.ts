/** Order statistics as `results.chart` answers them: latencies in ascending order, with the share at or below each. */
export interface LatencyDistribution {
  /** Queries behind them. */
  n: number;
  distribution: { latencyNs: readonly number[]; share: readonly number[] };
  percentiles?: readonly MarkedPercentile[];
}

/** A percentile that the sample earns, with its 95 % interval; a bound is null where there is none. */
export interface MarkedPercentile {
  /** 99 for p99. */
  percentile: number;
  latencyNs: number;
  lowNs: number | null;
  highNs: number | null;
}

/** The smallest latency that at least this share of the queries kept, 0 of none. */
export function quantileOf({ distribution: { latencyNs, share } }: LatencyDistribution, wanted: number): number {
  const index = share.findIndex((one) => one >= wanted);
  return latencyNs[index] ?? latencyNs.at(-1) ?? 0;
}
