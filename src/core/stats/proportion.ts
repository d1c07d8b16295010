import type { Interval } from '../../shared/domain/provenance.ts';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

/**
 * Wilson's score interval for a share of successes, which keeps its coverage near 0 and 1 where the usual interval
 * fails. Source: E. B. Wilson, JASA 22 (1927) 209-212. Throws for no trials.
 */
export function wilsonInterval(
  successes: number,
  trials: number,
  level = 0.95,
): Interval & { low: number; high: number } {
  if (!(trials > 0) || successes < 0 || successes > trials) throw new Error(`No share: ${successes} of ${trials}`);
  const z = normalQuantile(1 - (1 - level) / 2, 0, 1);
  const share = successes / trials;
  const denominator = 1 + z ** 2 / trials;
  const centre = (share + z ** 2 / (2 * trials)) / denominator;
  const half = (z / denominator) * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  // Exact at the ends, where both terms are equal but for rounding.
  const low = successes === 0 ? 0 : Math.max(0, centre - half);
  const high = successes === trials ? 1 : Math.min(1, centre + half);
  return { low, high, level, method: 'Wilson score' };
}

/**
 * Interval for a share whose trials come in clusters, as the positions of one text do: Wilson's for as many independent
 * trials as the spread between clusters says, and for the number of clusters where the share is 0 or 1 and nothing
 * tells the spread. Source: N. Dean and M. Pagano, Journal of Survey Statistics and Methodology 3 (2015) 484-503.
 * null for fewer than two clusters.
 */
export function clusteredWilsonInterval(
  successes: readonly number[],
  trialsOfEach: number,
  level = 0.95,
): Interval | null {
  const clusters = successes.length;
  if (clusters < 2) return null;
  const trials = clusters * trialsOfEach;
  const share = successes.reduce((sum, count) => sum + count, 0) / trials;
  const squares = successes.reduce((sum, count) => sum + (count / trialsOfEach - share) ** 2, 0);
  const variance = squares / (clusters * (clusters - 1));
  const binomial = (share * (1 - share)) / trials;
  // Never more than the trials that there are, never fewer than the clusters.
  const effective = binomial === 0 ? clusters : Math.min(trials, Math.max(clusters, (trials * binomial) / variance));
  const interval = wilsonInterval(share * effective, effective, level);
  return { ...interval, method: `Wilson score, n_eff ${Math.round(effective)} of ${trials}` };
}
