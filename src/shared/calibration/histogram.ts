/** Counts of values in bins of equal width, from `from` to `to`. */
export interface Histogram {
  counts: Float64Array<ArrayBuffer>;
  from: number;
  to: number;
}

/**
 * Counts float32 values as numpy.histogram does: the last bin includes its upper edge, a range without width is made
 * one wide. Values outside the range and NaN are not counted.
 */
export function countBins(values: Float32Array, bins: number, from: number, to: number): Histogram {
  const low = from === to ? from - 0.5 : from;
  const high = from === to ? to + 0.5 : to;
  const counts = new Float64Array(bins);
  const edges = toEdges({ counts, from: low, to: high });
  const perUnit = bins / (high - low);
  // By index: an iterator takes several times as long, and activations are many.
  for (let index = values.length - 1; index >= 0; index -= 1) {
    const value = values[index]!;
    if (!(value >= low && value <= high)) continue;
    let bin = Math.min(bins - 1, Math.floor((value - low) * perUnit));
    // The product may be off by one rounding; the edges decide.
    if (value < edges[bin]!) bin -= 1;
    else if (bin < bins - 1 && value >= edges[bin + 1]!) bin += 1;
    counts[bin]! += 1;
  }
  return { counts, from: low, to: high };
}

/** Edges of the bins, one more than there are bins, computed in float32 as numpy does for float32 values. */
export function toEdges({ counts, from, to }: Histogram): Float64Array<ArrayBuffer> {
  const { fround } = Math;
  const step = fround((to - from) / counts.length);
  const edges = Float64Array.from({ length: counts.length + 1 }, (_, index) => fround(fround(index * step) + from));
  edges[counts.length] = to;
  return edges;
}
