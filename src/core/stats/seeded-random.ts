import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** Draws that let neighbouring seeds part: the generator starts from a nearly empty state. */
const WARM_UP_DRAWS = 32;

/** Generator of pseudo-random numbers that repeats exactly for a whole-number seed. */
export function createSeededRandom(seed: number): RandomGenerator {
  const random = xoroshiro128plus(seed);
  for (let draw = 0; draw < WARM_UP_DRAWS; draw += 1) random.next();
  return random;
}
