import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { anytimeReach } from './anytime-interval.ts';

/** Fewest pairs from which a verdict is given, since their deviation is itself estimated (our choice). */
export const FEWEST_PAIRS = 10;

/** Beyond this nothing is promised: at a tenth of a second a block it is more than five hours. */
const MOST_PAIRS = 100_000;

/**
 * Pairs with which a single look at the end finds a difference of `share` with 80 % probability at 95 % confidence:
 * (1.960 + 0.842)^2 (deviation / ln(1 + share))^2. `deviation` is that of the log ratios.
 */
export function pairsForOneLook(deviation: number, share: number): number {
  const sum = normalQuantile(0.975, 0, 1) + normalQuantile(0.8, 0, 1);
  return Math.ceil((sum * (deviation / Math.log1p(share))) ** 2);
}

/**
 * Pairs after which an interval that holds at every look has left an edge that is `distance` away from the true mean
 * with probability `power`; at least ten, null beyond 100,000. `distance` and `deviation` in log ratios; `dependence`
 * is the number of pairs worth one independent pair.
 */
export function pairsToSettle(deviation: number, distance: number, power: number, dependence = 1): number | null {
  const isEnough = (pairs: number): boolean => {
    const size = pairs / dependence;
    const reach = anytimeReach(size, 0.95);
    return reach !== null && ((reach + normalQuantile(power, 0, 1)) * deviation) / Math.sqrt(size) <= distance;
  };
  if (!isEnough(MOST_PAIRS)) return null;
  let low = FEWEST_PAIRS - 1;
  let high = MOST_PAIRS;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
