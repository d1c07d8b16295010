import { toEdges, type Histogram } from '../../../shared/calibration/histogram.ts';
import type { ValueRange } from '../../../shared/calibration/value-range.ts';

/** Moved from bins with counts to empty ones, so that every quotient of the divergence exists. */
const smoothing = 1e-4;

/**
 * Range whose quantized distribution tells least apart from the observed one (Kullback-Leibler divergence), over
 * windows around zero. `histogram` is symmetric around zero. With as many bins as quantized bins only the full range
 * is tried. Never beyond what was `observed`. Source: ONNX Runtime 1.30, calibrate.py (get_entropy_threshold).
 */
export function entropyRange(
  histogram: Histogram,
  { quantizedBins, observed }: { quantizedBins: number; observed: ValueRange },
): ValueRange {
  const { counts } = histogram;
  const edges = toEdges(histogram);
  const zero = Math.floor(counts.length / 2);
  const half = Math.floor(quantizedBins / 2);
  let least = Infinity;
  let best: ValueRange = observed;
  for (let reach = half; reach <= zero; reach += 1) {
    const from = zero - reach;
    const to = Math.min(zero + reach + 1, counts.length);
    const divergence = divergenceOf(counts, from, to, quantizedBins);
    if (divergence >= least) continue;
    least = divergence;
    best = { low: Math.fround(edges[from] ?? 0), high: Math.fround(edges[to] ?? edges.at(-1) ?? 0) };
  }
  return { low: Math.max(best.low, observed.low), high: Math.min(best.high, observed.high) };
}

/** How far the window, quantized, is from the window with all that lies outside of it at its ends. */
function divergenceOf(counts: Float64Array, from: number, to: number, quantizedBins: number): number {
  const window = counts.slice(from, to);
  const observed = window.slice();
  const last = observed.length - 1;
  observed[0] = (observed[0] ?? 0) + sumOf(counts, 0, from);
  observed[last] = (observed[last] ?? 0) + sumOf(counts, to, counts.length);
  const quantized = expand(window, observed, quantizedBins);
  const left = smooth(observed);
  const right = smooth(quantized);
  return left === null || right === null ? Infinity : kullbackLeibler(left, right);
}

/**
 * Merges the window into quantized bins and spreads each over its positions, as whole numbers. What remains at the end
 * of the window counts into the last quantized bin and is left empty, as the original leaves it.
 */
function expand(window: Float64Array, observed: Float64Array, quantizedBins: number): Float64Array {
  const merged = Math.floor(window.length / quantizedBins);
  const expanded = new Float64Array(window.length);
  for (let bin = 0; bin < quantizedBins; bin += 1) {
    const start = bin * merged;
    const end = start + merged;
    const rest = bin === quantizedBins - 1 ? sumOf(window, end, window.length) : 0;
    let filled = 0;
    for (let index = start; index < end; index += 1) if (observed[index]! !== 0) filled += 1;
    if (filled === 0) continue;
    expanded.fill(Math.trunc((sumOf(window, start, end) + rest) / filled), start, end);
  }
  return expanded;
}

/** null where there are too few counts to take the smoothing from. */
function smooth(counts: Float64Array): Float64Array | null {
  const empty = counts.reduce((number, count) => number + (count === 0 ? 1 : 0), 0);
  const filled = counts.length - empty;
  if (filled === 0) return null;
  const taken = (smoothing * empty) / filled;
  if (taken >= 1) return null;
  return counts.map((count) => (count === 0 ? smoothing : count - taken));
}

function kullbackLeibler(left: Float64Array, right: Float64Array): number {
  const leftTotal = sumOf(left, 0, left.length);
  const rightTotal = sumOf(right, 0, right.length);
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) {
    const share = left[index]! / leftTotal;
    sum += share * Math.log(share / (right[index]! / rightTotal));
  }
  return sum;
}

function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index += 1) sum += values[index]!;
  return sum;
}
