/** How queries that wait are put together. */
export interface BatchingRule {
  /** Most queries in one call; 1 = each for itself. */
  maxBatch: number;
  /** Longest time that the oldest one waits for others while the model is free, ns. */
  maxDelayNs: number;
}

/** The next call: queries `first` to `first + count - 1`, at this time. */
export interface Dispatch {
  first: number;
  count: number;
  atNs: number;
}

/**
 * What a server with one model does when it is free from `freeNs` on and the queries before `first` are answered: it
 * waits for `maxBatch` queries, but the oldest for `maxDelayNs` at most, and takes what is there. Arrivals and times in
 * ns from one origin, in order. null when every query was taken.
 */
export function planDispatch(
  arrivalsNs: Float64Array,
  first: number,
  freeNs: number,
  { maxBatch, maxDelayNs }: BatchingRule,
): Dispatch | null {
  const oldest = arrivalsNs[first];
  if (oldest === undefined) return null;
  const full = arrivalsNs[first + maxBatch - 1] ?? Number.POSITIVE_INFINITY;
  const atNs = Math.max(freeNs, Math.min(oldest + maxDelayNs, full));
  let count = 1;
  while (count < maxBatch && (arrivalsNs[first + count] ?? Number.POSITIVE_INFINITY) <= atNs) count++;
  return { first, count, atNs };
}
