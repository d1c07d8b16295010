/**
 * The one clock of every measurement: monotonic, integer nanoseconds. Readings are relative to the start of the
 * process so that they stay exact as a double (2^53 ns is 104 days).
 */
const origin = process.hrtime.bigint();

/** Nanoseconds since the engine process started, exact. */
export function nowNs(): number {
  return Number(process.hrtime.bigint() - origin);
}

/** A time of this clock as the same moment in every process of this machine, ns since a moment that they share. */
export function toSystemNs(timeNs: number): bigint {
  return origin + BigInt(Math.round(timeNs));
}

/** What the clock can resolve and what reading it costs, observed here and now. */
export interface ClockCalibration {
  /** Smallest step between two different successive readings, ns. */
  resolutionNs: number;
  /** Median cost of one reading over 64 blocks of 256 readings, ns. */
  callNs: number;
}

export function calibrateClock(): ClockCalibration {
  let resolutionNs = Number.POSITIVE_INFINITY;
  let last = nowNs();
  for (let reading = 0; reading < 20_000; reading++) {
    const next = nowNs();
    if (next > last && next - last < resolutionNs) resolutionNs = next - last;
    last = next;
  }
  const blocks: number[] = [];
  for (let block = 0; block < 64; block++) {
    const start = nowNs();
    for (let call = 0; call < 256; call++) nowNs();
    blocks.push((nowNs() - start) / 257);
  }
  return { resolutionNs, callNs: medianOf(blocks) };
}

/** Middle value (mean of the two middle ones); NaN for none. Sorts a copy. */
export function medianOf(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return Number.NaN;
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
