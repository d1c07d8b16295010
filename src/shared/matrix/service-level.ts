import type { SeriesSummary } from '../domain/measurement.ts';
import type { ServiceLevel } from '../domain/plan.ts';
import type { Reading } from '../domain/provenance.ts';
import { adjustPValues } from '../statistics/false-discovery.ts';
import { normalCdf, normalQuantile } from '../statistics/normal.ts';

/**
 * Whether a configuration keeps a service level: proved, disproved, neither, or its percentile is not earned by so few
 * queries.
 */
export type LevelStanding = 'keeps' | 'misses' | 'open' | 'unearned';

type Percentiles = Pick<SeriesSummary, 'percentiles'>;
type Earned = Extract<SeriesSummary['percentiles'][number], { status: 'earned' }>;

/** Share of the configurations painted as keeping, or as missing, a level that may be painted wrongly. */
const falseDiscoveryRate = 0.05;

/**
 * One configuration by itself: it keeps the level when the upper bound of its percentile lies within the limit, by
 * MLPerf's early stopping at 99 % where there are enough queries for that, else the upper end of the interval. It
 * misses the level when the lower end of the percentile, or of a smaller one, lies beyond it.
 */
export function judgeLevel(summary: Percentiles, level: ServiceLevel): LevelStanding {
  const limitNs = level.latencyMs * 1e6;
  const { atLeast, atMost } = nearestEarned(summary, level.percentile);
  const low = atMost?.reading.interval?.low ?? null;
  if (low !== null && low > limitNs) return 'misses';
  const high = atLeast?.earlyStoppingNs ?? atLeast?.reading.interval?.high ?? null;
  if (high !== null && high <= limitNs) return 'keeps';
  return atLeast?.percentile === level.percentile ? 'open' : 'unearned';
}

/**
 * Several configurations judged together, so that of those that are painted as keeping the level at most 5 % do not
 * (Benjamini and Hochberg), and of those painted as missing it alike. In the order given; p values follow from the
 * intervals of the percentiles on logarithms.
 */
export function judgeLevels(summaries: readonly Percentiles[], level: ServiceLevel): LevelStanding[] {
  const limitNs = level.latencyMs * 1e6;
  const nearest = summaries.map((summary) => nearestEarned(summary, level.percentile));
  const keeps = adjustPValues(nearest.map(({ atLeast }) => chanceBelow(atLeast?.reading, limitNs)));
  const misses = adjustPValues(nearest.map(({ atMost }) => chanceAbove(atMost?.reading, limitNs)));
  return nearest.map(({ atLeast }, index) => {
    if (misses[index]! <= falseDiscoveryRate) return 'misses';
    if (keeps[index]! <= falseDiscoveryRate) return 'keeps';
    return atLeast?.percentile === level.percentile ? 'open' : 'unearned';
  });
}

/**
 * The percentile itself where it is earned. Otherwise a larger one can still prove that the level is kept, and a
 * smaller one that it is missed, since percentiles rise.
 */
function nearestEarned({ percentiles }: Percentiles, percentile: number) {
  const earned = percentiles
    .filter((one): one is Earned => one.status === 'earned')
    .toSorted((left, right) => left.percentile - right.percentile);
  return {
    atLeast: earned.find((one) => one.percentile >= percentile),
    atMost: earned.findLast((one) => one.percentile <= percentile),
  };
}

/** How probable a reading this far below the limit is where the truth lies at the limit; 1 where nothing tells. */
function chanceBelow(reading: Reading | undefined, limitNs: number): number {
  const high = reading?.interval?.high ?? null;
  if (reading?.interval == null || high === null) return 1;
  return tail(Math.log(limitNs / reading.value), Math.log(high / reading.value), reading.interval.level);
}

function chanceAbove(reading: Reading | undefined, limitNs: number): number {
  const low = reading?.interval?.low ?? null;
  if (reading?.interval == null || low === null) return 1;
  return tail(Math.log(reading.value / limitNs), Math.log(reading.value / low), reading.interval.level);
}

/** One-sided p value of a distance, given how far the interval reaches on that side. */
function tail(distance: number, reach: number, level: number): number {
  if (reach <= 0) return distance > 0 ? 0 : 1;
  const standardError = reach / normalQuantile((1 + level) / 2);
  return normalCdf(-distance / standardError);
}
