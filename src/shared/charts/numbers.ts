/** The largest value, 0 of none. A spread argument would overflow the stack with many values. */
export function largestOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((one, other) => Math.max(one, other));
}

/** The smallest value, 0 of none. */
export function smallestOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((one, other) => Math.min(one, other));
}

/** The middle value, 0 of none; only a scale is chosen by it. */
export function medianOf(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;
}
