/** Smallest and largest value that a tensor is quantized for. */
export interface ValueRange {
  low: number;
  high: number;
}

/** Range of float32 values; NaN is left out. null without a number. */
export function rangeOf(values: Float32Array): ValueRange | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : null;
}

/** The range that holds both. */
export function unionOf(left: ValueRange | null, right: ValueRange | null): ValueRange | null {
  if (left === null || right === null) return left ?? right;
  return { low: Math.min(left.low, right.low), high: Math.max(left.high, right.high) };
}

/** False where a bound, or the difference of both as float32, is not finite: no scale represents it. */
export function isUsable({ low, high }: ValueRange): boolean {
  return Number.isFinite(Math.fround(Math.max(high, 0) - Math.min(low, 0)));
}
