import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { measureDependence } from './dependence.ts';
import { percentileOfSorted } from './percentile-interval.ts';
import { windowMedians } from './window-medians.ts';

/** Fewest values in which a change of level is looked for. */
const MIN_VALUES = 30;

const PERMUTATIONS = 499;
const SIGNIFICANCE = 0.01;

/** Smallest change of level that is reported (our choice, the same as for drift). */
const LEVEL_TOLERANCE = 0.02;

/** One change of level: position of the first value after it, its time, and the medians on both sides. */
export interface ChangePoint {
  atIndex: number;
  atNs: number;
  medianBeforeNs: number;
  medianAfterNs: number;
}

/** Ranks from 1, ties sharing their average, minus the mean rank. */
function centredRanks(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let index = from; index < to; index += 1) ranks[order[index]!] = (from + to - 1) / 2;
    from = to;
  }
  return ranks.map((rank) => rank - (values.length - 1) / 2);
}

/** Largest standardized rank sum over all splits, in units that are the same for every split, and where it is. */
function largestSplit(ranks: Float64Array): { statistic: number; split: number } {
  const count = ranks.length;
  let sum = 0;
  let best = { statistic: 0, split: 0 };
  for (let split = 1; split < count; split += 1) {
    sum += ranks[split - 1]!;
    const statistic = Math.abs(sum) / Math.sqrt(split * (count - split));
    if (statistic > best.statistic) best = { statistic, split };
  }
  return best;
}

function shuffle(values: Float64Array, random: RandomGenerator): void {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = uniformInt(random, 0, last);
    const held = values[last]!;
    values[last] = values[other]!;
    values[other] = held;
  }
}

/** Whether at most 1 % of random orders of the same ranks split as clearly as the order that was seen. */
function isSignificant(ranks: Float64Array, statistic: number, random: RandomGenerator): boolean {
  const allowed = Math.floor(SIGNIFICANCE * (PERMUTATIONS + 1)) - 1;
  const shuffled = ranks.slice();
  let atLeast = 0;
  for (let permutation = 0; permutation < PERMUTATIONS; permutation += 1) {
    shuffle(shuffled, random);
    if (largestSplit(shuffled).statistic >= statistic && ++atLeast > allowed) return false;
  }
  return true;
}

/**
 * Looks for one change of level after the fact: the split of the window medians with the largest standardized
 * Wilcoxon rank sum, against random orders of the same medians. Correlation between windows, measured on what is left
 * after removing the two levels, lowers the statistic by the root of its time. Changes under 2 % are not reported.
 * Sources: Pettitt 1979; Hawkins and Deng 2010. Latencies and times in ns, in order of time.
 */
export function findChangePoint(
  latenciesNs: Float64Array,
  timesNs: Float64Array,
  random: RandomGenerator,
): ChangePoint | null {
  const n = latenciesNs.length;
  if (n < MIN_VALUES) return null;
  const { medians, firstIndex } = windowMedians(latenciesNs, timesNs);
  const ranks = centredRanks(medians);
  const { statistic, split } = largestSplit(ranks);
  if (split === 0) return null;
  const atIndex = firstIndex[split]!;
  const medianBeforeNs = percentileOfSorted(latenciesNs.slice(0, atIndex).sort(), 50);
  const medianAfterNs = percentileOfSorted(latenciesNs.slice(atIndex).sort(), 50);
  if (!(Math.abs(medianAfterNs / medianBeforeNs - 1) > LEVEL_TOLERANCE)) return null;

  const before = mean(ranks.subarray(0, split));
  const after = mean(ranks.subarray(split));
  const residuals = ranks.map((rank, index) => rank - (index < split ? before : after));
  const { correlationTime } = measureDependence(residuals);
  if (!isSignificant(ranks, statistic / Math.sqrt(correlationTime), random)) return null;
  return { atIndex, atNs: timesNs[atIndex]!, medianBeforeNs, medianAfterNs };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
