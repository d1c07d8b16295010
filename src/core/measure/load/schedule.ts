import type { ServerLoadTask } from '../../../engine/protocol.ts';
import type { CellConfig } from '../../../shared/domain/plan.ts';
import { poissonArrivals } from './poisson-arrivals.ts';
import { latenessLimitNs } from './server-rules.ts';

/** Keeps the schedule of a confirmation apart from those that the search chose its rate with. */
const freshSchedules = 10_000;

/**
 * The load of one engine process of a server, from the seed of the plan: each process has arrivals of its own, and so
 * has a confirmation. Trials of a search share theirs, stretched to their rates, so that chance does not decide between
 * them. undefined for other scenarios.
 */
export function scheduleOf(
  { load, seed, trial }: CellConfig,
  minima: { minDurationS: number; minQueries: number },
  process: number,
): ServerLoadTask | undefined {
  if (load === undefined) return undefined;
  const { ratePerS, maxBatch, maxDelayMs } = load;
  const fresh = trial?.purpose === 'confirm' ? freshSchedules : 0;
  const arrivalsNs = poissonArrivals({ ratePerS, ...minima, seed: seed + fresh + process });
  return { arrivalsNs, maxBatch, maxDelayMs, latenessLimitNs: latenessLimitNs(ratePerS) };
}
