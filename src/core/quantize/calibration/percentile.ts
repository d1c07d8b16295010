import { toEdges, type Histogram } from '../../../shared/calibration/histogram.ts';
import type { ValueRange } from '../../../shared/calibration/value-range.ts';

/**
 * Range that leaves out the rarest values. Symmetric: `histogram` counts magnitudes, and `percentile` percent of them
 * lie inside. Asymmetric: `histogram` counts values, and the same share is cut from either side. Never beyond what was
 * `observed`. Source: ONNX Runtime 1.30, calibrate.py (PercentileCalibrater).
 */
export function percentileRange(
  histogram: Histogram,
  { percentile, symmetric, observed }: { percentile: number; symmetric: boolean; observed: ValueRange },
): ValueRange {
  const total = histogram.counts.reduce((sum, count) => sum + count, 0);
  const shares = cumulate(histogram.counts.map((count) => count / total));
  const edges = toEdges(histogram);
  const edgeAt = (share: number): number => Math.fround(edges[firstAtLeast(shares, share)] ?? edges.at(-1) ?? 0);
  const range = symmetric
    ? toSymmetric(edgeAt(percentile / 100))
    : { low: edgeAt((100 - percentile) / 200), high: edgeAt(1 - (100 - percentile) / 200) };
  return { low: Math.max(range.low, observed.low), high: Math.min(range.high, observed.high) };
}

function toSymmetric(threshold: number): ValueRange {
  return { low: -threshold, high: threshold };
}

function cumulate(values: Float64Array): Float64Array {
  let sum = 0;
  return values.map((value) => (sum += value));
}

/** Position of the first share that is not below the wanted one. */
function firstAtLeast(shares: Float64Array, wanted: number): number {
  const found = shares.findIndex((share) => share >= wanted);
  return found < 0 ? shares.length : found;
}
