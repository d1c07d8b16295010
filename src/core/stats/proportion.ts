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
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half), level, method: 'Wilson score' };
}
