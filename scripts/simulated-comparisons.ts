import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { judgePairs, predictPairs } from '../src/core/stats/paired-speed.ts';
import { FEWEST_PAIRS } from '../src/core/stats/pairs-needed.ts';
import { createSeededRandom } from '../src/core/stats/seeded-random.ts';
import { drawAutoregressive } from './simulated-series.ts';

/** Pairs of one kind of machine and one true difference. */
export interface SimulatedComparison {
  name: string;
  /** True time of the baseline over that of the candidate. */
  speedup: number;
  /** Of the log ratios. */
  deviation: number;
  /** Between neighbouring pairs. */
  correlation: number;
  /** Tails of Student's t with three degrees of freedom in place of normal ones, of the same deviation. */
  heavyTails: boolean;
}

/** How comparisons end that are looked at after every second pair and stop when settled. */
export interface ComparisonTally {
  /** Verdicts that are wrong: FASTER or SLOWER within the margin, SAME beyond it, or the wrong direction. */
  wrong: number;
  settled: number;
  /** Right and no later than predicted after the first ten pairs. */
  inTime: number;
  /** Intervals that hold the true ratio when it stops. */
  covered: number;
  meanPairs: number;
}

const margin = 0.02;
/** Between two looks of the product. */
const step = 2;

const machines = [
  { name: 'quiet', deviation: 0.01, correlation: 0, heavyTails: false },
  { name: 'noisy', deviation: 0.03, correlation: 0, heavyTails: false },
  { name: 'heavy tails', deviation: 0.02, correlation: 0, heavyTails: true },
  { name: 'AR(1) 0.3', deviation: 0.02, correlation: 0.3, heavyTails: false },
] as const;

const differences = [
  { name: 'itself', speedup: 1 },
  { name: '3 % slower', speedup: 1 / 1.03 },
  { name: 'at the margin', speedup: 1 + margin },
] as const;

/** The cases of the table of comparisons. */
export const simulatedComparisons: readonly SimulatedComparison[] = differences.flatMap(({ name, speedup }) =>
  machines.map((machine) => ({ ...machine, name: `${machine.name}, ${name}`, speedup })),
);

/** Shares over `draws` comparisons of at most `most` pairs each. */
export function simulateComparisons(
  comparison: SimulatedComparison,
  draws: number,
  most: number,
  seed: number,
): ComparisonTally {
  const random = createSeededRandom(seed);
  const tally: ComparisonTally = { wrong: 0, settled: 0, inTime: 0, covered: 0, meanPairs: 0 };
  const truth = Math.log(comparison.speedup);
  for (let draw = 0; draw < draws; draw += 1) {
    const ratios = drawRatios(comparison, most, random);
    const predicted = predictPairs(judgePairs(ratios.subarray(0, FEWEST_PAIRS), margin), margin);
    let pairs = FEWEST_PAIRS;
    let speed = judgePairs(ratios.subarray(0, pairs), margin);
    while (speed.verdict === 'AMBIGUOUS' && pairs + step <= most) {
      pairs += step;
      speed = judgePairs(ratios.subarray(0, pairs), margin);
    }
    const { verdict, interval } = speed;
    const isRight = verdict === toTruth(truth);
    if (verdict !== 'AMBIGUOUS') tally.settled += 1 / draws;
    if (verdict !== 'AMBIGUOUS' && !isRight) tally.wrong += 1 / draws;
    if (isRight && predicted !== null && pairs <= predicted) tally.inTime += 1 / draws;
    if (interval === null || (interval.low <= truth && truth <= interval.high)) tally.covered += 1 / draws;
    tally.meanPairs += pairs / draws;
  }
  return tally;
}

/** Exactly at the margin no word but AMBIGUOUS is right. */
function toTruth(truth: number): 'FASTER' | 'SLOWER' | 'SAME' | null {
  const beyond = Math.abs(truth) - Math.log1p(margin);
  if (Math.abs(beyond) < 1e-12) return null;
  if (beyond < 0) return 'SAME';
  return truth > 0 ? 'FASTER' : 'SLOWER';
}

function drawRatios(comparison: SimulatedComparison, count: number, random: RandomGenerator): Float64Array {
  const { speedup, deviation, correlation, heavyTails } = comparison;
  const noise = drawAutoregressive(count, correlation, random);
  const squares = heavyTails ? drawAutoregressive(3 * count, 0, random) : null;
  return noise.map((value, pair) => {
    // Student's t with three degrees of freedom has the variance 3.
    const scale = squares === null ? 1 : Math.hypot(squares[3 * pair]!, squares[3 * pair + 1]!, squares[3 * pair + 2]!);
    return Math.log(speedup) + (deviation * value) / scale;
  });
}
