import { createSeededRandom } from '../../stats/seeded-random.ts';

export interface ArrivalOptions {
  /** Mean rate of arrivals, queries per second. */
  ratePerS: number;
  /** The schedule goes on until both are reached. */
  minDurationS: number;
  minQueries: number;
  seed: number;
}

/** Uniform on (0, 1), 53 bits, never 0 or 1. */
function uniform(random: ReturnType<typeof createSeededRandom>): number {
  const high = random.next() >>> 5;
  const low = random.next() >>> 6;
  return (high * 67_108_864 + low + 0.5) / 9_007_199_254_740_992;
}

/**
 * Times at which queries arrive at a service whose callers know nothing of each other: a Poisson process. ns from the
 * start of the measured part, in order. The whole schedule exists before the first query, so that nothing which happens
 * to a query changes when the next one arrives. The same options give the same schedule.
 */
export function poissonArrivals({
  ratePerS,
  minDurationS,
  minQueries,
  seed,
}: ArrivalOptions): Float64Array<ArrayBuffer> {
  const random = createSeededRandom(seed);
  const endNs = minDurationS * 1e9;
  const arrivals: number[] = [];
  let timeNs = 0;
  while (arrivals.length < minQueries || timeNs < endNs) {
    timeNs += (-Math.log(uniform(random)) / ratePerS) * 1e9;
    arrivals.push(Math.round(timeNs));
  }
  return Float64Array.from(arrivals);
}
