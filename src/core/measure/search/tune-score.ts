import type { Measurement } from '../../../shared/domain/measurement.ts';
import type { Objective, Plan, ServiceLevel } from '../../../shared/domain/plan.ts';
import type { ProviderId } from '../../../shared/domain/provider.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';
import { isBetterBelow, readMerit, usualPercentile } from '../../../shared/matrix/merit.ts';
import type { Score } from './tune-rounds.ts';

/** Findings that say that something else was measured than was asked for. */
const disqualifying: ReadonlySet<string> = new Set([
  'BATCH_NOT_EXECUTED',
  'WRONG_OUTPUT',
  'IMPLAUSIBLE',
  'CLOCK',
  'SUSPENDED',
]);
/** A trial lies this share below the limit to count as keeping it: the full measurement has to prove that it does. */
const reserve = 0.02;
const useless: Score = { standing: 'useless', value: Number.NEGATIVE_INFINITY };

/** What a trial says about its configuration for the objective of a plan. */
export function scoreTrial({ config, outcome }: CellRecord, plan: Plan): Score {
  const { search, serviceLevel } = plan;
  if (search?.kind !== 'tune' || outcome.state !== 'completed') return useless;
  if (outcome.validity.findings.some(({ code }) => disqualifying.has(code))) return useless;
  const { measurement } = outcome;
  const latencyNs = serviceLevel === undefined ? null : estimateLatencyNs(measurement, serviceLevel.percentile);
  if (serviceLevel !== undefined && latencyNs !== null) {
    const excess = latencyNs / (serviceLevel.latencyMs * 1e6 * (1 - reserve));
    if (excess > 1) return { standing: 'misses', value: -Math.log(excess) };
  }
  const merit = toMerit(measurement, config.provider, search.objective, serviceLevel);
  return merit === null ? useless : { standing: 'keeps', value: Math.log(merit) };
}

/** What an objective wants as much of as it can get: samples per second, queries per second of one caller, samples per joule. */
function toMerit(
  measurement: Measurement,
  provider: ProviderId,
  objective: Objective,
  serviceLevel: ServiceLevel | undefined,
): number | null {
  // A trial is too short to earn a percentile.
  if (objective === 'latency') {
    const latencyNs = estimateLatencyNs(measurement, serviceLevel?.percentile ?? usualPercentile);
    return latencyNs === null ? null : 1e9 / latencyNs;
  }
  const value = readMerit(measurement, provider, objective, serviceLevel)?.value ?? null;
  return value === null || value <= 0 ? null : isBetterBelow(objective) ? 1 / value : value;
}

/**
 * The percentile where the sample earns it. A trial has few queries: where fewer than one of them is expected above
 * the percentile the slowest stands for it, otherwise the highest percentile below that is earned, else the mean. Only
 * for choosing what to measure in full, never shown.
 */
function estimateLatencyNs({ summary }: Measurement, percentile: number): number | null {
  const earned = summary.percentiles
    .filter((one) => one.status === 'earned' && one.percentile <= percentile)
    .toSorted((left, right) => right.percentile - left.percentile)[0];
  if (earned?.status === 'earned' && earned.percentile === percentile) return earned.reading.value;
  const expectedAbove = summary.kept * (1 - percentile / 100);
  if (expectedAbove < 1 && percentile > 50 && summary.latencyMaxNs !== null) return summary.latencyMaxNs;
  return earned?.status === 'earned' ? earned.reading.value : (summary.latencyMeanNs?.value ?? null);
}
