import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';
import type { Interval } from '../../shared/domain/provenance.ts';
import { wilsonInterval } from './proportion.ts';

/** Samples that two methods judged, by who was right. */
export interface PairedOutcomes {
  both: number;
  onlyFirst: number;
  onlySecond: number;
  neither: number;
}

/**
 * Exact two-sided p value of McNemar's test: of the samples on which the two differ, each is right on one half, so the
 * smaller number is binomial with 1/2. Source: Q. McNemar, Psychometrika 12 (1947) 153-157, in its exact form.
 */
export function mcNemarExact(onlyFirst: number, onlySecond: number): number {
  const discordant = onlyFirst + onlySecond;
  if (discordant === 0) return 1;
  return Math.min(1, 2 * binomialCdf(Math.min(onlyFirst, onlySecond), discordant, 0.5));
}

/**
 * Share of the first minus share of the second on the same samples, with the interval of R. G. Newcombe, Statistics in
 * Medicine 17 (1998) 2635-2650, method 10: Wilson's intervals of both shares, joined by their correlation.
 */
export function pairedDifference(
  { both, onlyFirst, onlySecond, neither }: PairedOutcomes,
  level = 0.95,
): { value: number; interval: Interval } {
  const n = both + onlyFirst + onlySecond + neither;
  const first = both + onlyFirst;
  const second = both + onlySecond;
  const value = (onlyFirst - onlySecond) / n;
  const one = distances(first, n, level);
  const other = distances(second, n, level);
  const margins = first * (n - first) * second * (n - second);
  const cross = both * neither - onlyFirst * onlySecond;
  const corrected = cross > 0 ? Math.max(0, cross - n / 2) : cross;
  const correlation = margins === 0 ? 0 : corrected / Math.sqrt(margins);
  const join = (left: number, right: number) =>
    Math.sqrt(Math.max(0, left ** 2 - 2 * correlation * left * right + right ** 2));
  const low = Math.max(-1, value - join(one.below, other.above));
  const high = Math.min(1, value + join(one.above, other.below));
  return { value, interval: { low, high, level, method: 'Newcombe, paired (method 10)' } };
}

/** From a share to the ends of its Wilson interval. */
function distances(successes: number, trials: number, level: number) {
  const { low, high } = wilsonInterval(successes, trials, level);
  const share = successes / trials;
  return { below: share - low, above: high - share };
}
