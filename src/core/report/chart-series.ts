import type { SampleSeries } from '../../shared/domain/measurement.ts';

/** A series in as few numbers as a chart can show; times and latencies in ns. */
export interface ChartSeries {
  n: number;
  /** Slices of equal count in order of issue: when each begins, and the range and median of its latencies. */
  overTime: { fromNs: number[]; minNs: number[]; medianNs: number[]; maxNs: number[] };
  /** Order statistics at even ranks, the smallest and the largest among them, with the share at or below each. */
  distribution: { latencyNs: number[]; share: number[] };
}

/** Thins a series out to at most `points` slices and as many order statistics; extremes are kept. */
export function toChartSeries({ scheduledNs, issuedNs, completedNs }: SampleSeries, points: number): ChartSeries {
  const n = issuedNs.length;
  const from = scheduledNs ?? issuedNs;
  const latencies = completedNs.map((completed, index) => completed - from[index]!);
  const slices = Math.min(points, n);
  const overTime: ChartSeries['overTime'] = { fromNs: [], minNs: [], medianNs: [], maxNs: [] };
  for (let slice = 0; slice < slices; slice++) {
    const start = Math.floor((slice * n) / slices);
    const sorted = latencies.slice(start, Math.floor(((slice + 1) * n) / slices)).sort();
    overTime.fromNs.push(from[start]!);
    overTime.minNs.push(sorted[0]!);
    overTime.medianNs.push(medianOf(sorted));
    overTime.maxNs.push(sorted[sorted.length - 1]!);
  }
  latencies.sort();
  const ranks = Array.from({ length: slices }, (_, index) =>
    slices === 1 ? 0 : Math.round((index * (n - 1)) / (slices - 1)),
  );
  return {
    n,
    overTime,
    distribution: { latencyNs: ranks.map((rank) => latencies[rank]!), share: ranks.map((rank) => (rank + 1) / n) },
  };
}

function medianOf(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
