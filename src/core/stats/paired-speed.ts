import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { lag1Autocorrelation, moments } from './autocorrelation.ts';
import { anytimePValue, anytimeReach } from './anytime-interval.ts';
import { measureDependence } from './dependence.ts';
import { FEWEST_PAIRS, pairsToSettle } from './pairs-needed.ts';

/** Confidence of the intervals of comparisons. */
const LEVEL = 0.95;

/** Probability with which a predicted number of pairs is to be enough. */
const POWER = 0.8;

/**
 * What was predicted after the first pairs has to be enough in 80 % of all comparisons although so few pairs tell the
 * deviation badly: enough with 90 % for a deviation that with 90 % is not exceeded.
 */
const PREDICTION_POWER = 0.9;

/** Correlation of neighbouring pairs that chance explains, in standard deviations of its estimate from independent ones. */
const CHANCE_CORRELATION = 0.5;

/** Four words for a speed-up and a margin. */
type Verdict = 'FASTER' | 'SLOWER' | 'SAME' | 'AMBIGUOUS';

/** What the pairs measured so far tell; logarithms are natural, of baseline over candidate. */
export interface PairedSpeed {
  pairs: number;
  meanLogRatio: number;
  /** Standard deviation of the log ratios (divided by n - 1). */
  deviation: number;
  /** Independent pairs that these are worth. */
  effectivePairs: number;
  /** In log ratios; null where so few pairs have no finite interval that holds at every look. */
  interval: { low: number; high: number } | null;
  verdict: Verdict;
  /** Of "the speed-up lies within the margin", valid at any stop. */
  pValue: number;
}

/** ln(baseline / candidate) of every pair; block medians in any one unit. */
export function logRatios(baseline: Float64Array, candidate: Float64Array): Float64Array {
  return baseline.map((value, pair) => Math.log(value / candidate[pair]!));
}

/**
 * Independent pairs that a series of log ratios is worth. Pairing removes most of what makes neighbours alike, and
 * between few pairs correlation above the threshold of `measureDependence` arises by chance, so it counts only where it
 * passes what chance explains; slow changes of level count always.
 */
function effectivePairs(ratios: Float64Array): number {
  const { slow, effectiveSize } = measureDependence(ratios);
  const lag1 = lag1Autocorrelation(ratios) ?? 0;
  return slow || lag1 > CHANCE_CORRELATION / Math.sqrt(ratios.length) ? effectiveSize : ratios.length;
}

/**
 * Speed-up of the candidate from log ratios in order of time, with an interval that holds whenever one stops, and the
 * verdict: FASTER or SLOWER where the interval lies wholly beyond the margin, SAME wholly within it, else AMBIGUOUS.
 * The margin is a share: speed-ups from 1 / (1 + margin) to 1 + margin count as none. Source: docs/method/comparison.md.
 */
export function judgePairs(ratios: Float64Array, margin: number): PairedSpeed {
  const pairs = ratios.length;
  if (pairs < 2) {
    const meanLogRatio = ratios[0] ?? 0;
    return {
      pairs,
      meanLogRatio,
      deviation: 0,
      effectivePairs: pairs,
      interval: null,
      verdict: 'AMBIGUOUS',
      pValue: 1,
    };
  }
  const { mean, variance } = moments(ratios);
  const deviation = Math.sqrt((variance * pairs) / (pairs - 1));
  const size = effectivePairs(ratios);
  const standardError = deviation / Math.sqrt(size);
  const reach = anytimeReach(size, LEVEL);
  const interval = reach === null ? null : { low: mean - reach * standardError, high: mean + reach * standardError };
  const edge = Math.log1p(margin);
  const beyond = Math.abs(mean) - edge;
  return {
    pairs,
    meanLogRatio: mean,
    deviation,
    effectivePairs: size,
    interval,
    verdict: pairs < FEWEST_PAIRS || interval === null ? 'AMBIGUOUS' : toVerdict(interval, edge),
    pValue: beyond > 0 ? anytimePValue(beyond / standardError, size) : 1,
  };
}

/** The word for an interval of log ratios and a margin that reaches `edge` to either side. */
export function toVerdict({ low, high }: { low: number; high: number }, edge: number): Verdict {
  if (low > edge) return 'FASTER';
  if (high < -edge) return 'SLOWER';
  return low > -edge && high < edge ? 'SAME' : 'AMBIGUOUS';
}

/**
 * Further pairs that settle an ambiguous verdict with 80 % probability if the ratio is what it seems to be; null where
 * it is settled, and where the ratio is too near to an edge of the margin for any number.
 */
export function furtherPairs(speed: PairedSpeed, margin: number): number | null {
  if (speed.verdict !== 'AMBIGUOUS' || speed.pairs < 2) return null;
  const distance = Math.abs(Math.abs(speed.meanLogRatio) - Math.log1p(margin));
  const total = pairsToSettle(speed.deviation, distance, POWER, speed.pairs / speed.effectivePairs);
  return total === null ? null : Math.max(1, total - speed.pairs);
}

/**
 * Pairs that are predicted to settle no difference at all and one of one and a half margins, which both lie half a
 * margin away from its edges. It follows from the deviation of the first pairs alone: their mean would tell more, but
 * from ten pairs mostly chance. null where no number of pairs is enough.
 */
export function predictPairs(speed: PairedSpeed, margin: number): number | null {
  const distance = Math.log1p(1.5 * margin) - Math.log1p(margin);
  const deviation = speed.deviation * deviationReserve(speed.effectivePairs - 1);
  return pairsToSettle(deviation, distance, PREDICTION_POWER, speed.pairs / speed.effectivePairs);
}

/**
 * The true deviation over the one seen, not exceeded with the probability of a prediction: sqrt(f / chi^2 of f degrees
 * of freedom), with the quantile of chi^2 by Wilson and Hilferty (1931).
 */
function deviationReserve(freedom: number): number {
  const spread = 2 / (9 * Math.max(1, freedom));
  return (1 - spread - normalQuantile(PREDICTION_POWER, 0, 1) * Math.sqrt(spread)) ** -1.5;
}
