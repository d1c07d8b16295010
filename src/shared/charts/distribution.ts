import { formatQuantity } from '../units.ts';
import type { AxisUnit } from './axis.ts';
import type { ChartStyle } from './chart.ts';
import type { TopMark } from './top-marks.ts';

/** Order statistics as `results.chart` answers them: latencies in ascending order, with the share at or below each. */
export interface LatencyDistribution {
  /** Queries behind them. */
  n: number;
  distribution: { latencyNs: readonly number[]; share: readonly number[] };
  percentiles?: readonly MarkedPercentile[];
  /** What was asked for, drawn as a line. */
  limitNs?: number | null;
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

/** A percentile with the digits that its interval leaves meaning to, as everywhere. */
export function formatPercentile({ latencyNs, lowNs, highNs }: MarkedPercentile, style: ChartStyle): string {
  const distances = [lowNs, highNs].flatMap((bound) => (bound === null ? [] : [Math.abs(bound - latencyNs)]));
  const uncertainty = distances.length === 0 ? null : Math.max(...distances);
  return formatQuantity(latencyNs, 'ns', { ...style, uncertainty }).text;
}

/** The limit as a mark on an axis of latencies, none without a limit. */
export function limitMarks(limitNs: number | null, { factor }: AxisUnit, style: ChartStyle): TopMark[] {
  if (limitNs === null) return [];
  const at = limitNs / factor;
  return [{ from: at, to: at, label: `limit ${formatQuantity(limitNs, 'ns', style).text}` }];
}
