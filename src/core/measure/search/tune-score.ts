import type { Measurement } from '../../../shared/domain/measurement.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { Reading } from '../../../shared/domain/provenance.ts';
import type { CellOutcome, CellRecord } from '../../../shared/domain/run.ts';
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

/** Whether a result is not of what was asked for. */
export function isOfSomethingElse({ validity }: Extract<CellOutcome, { state: 'completed' }>): boolean {
  return validity.findings.some(({ code }) => disqualifying.has(code));
}

/** What a trial says about its configuration for the objective of a plan. */
export function scoreTrial({ config, outcome }: CellRecord, plan: Plan): Score {
  const { search, serviceLevel } = plan;
  if (search?.kind !== 'tune' || outcome.state !== 'completed' || isOfSomethingElse(outcome)) return useless;
  const { measurement } = outcome;
  const percentile = serviceLevel?.percentile ?? usualPercentile;
  const latencyNs = serviceLevel === undefined ? null : estimateLatencyNs(measurement, percentile);
  if (serviceLevel !== undefined && latencyNs !== null) {
    const excess = latencyNs / (serviceLevel.latencyMs * 1e6 * (1 - reserve));
    if (excess > 1) return { standing: 'misses', value: -Math.log(excess) };
  }
  const merit = readMerit(measurement, config.provider, search.objective, serviceLevel);
  const value = search.objective === 'latency' ? estimateLatencyNs(measurement, percentile) : (merit?.value ?? null);
  if (value === null || value <= 0) return useless;
  const sign = isBetterBelow(search.objective) ? -1 : 1;
  return { standing: 'keeps', value: sign * Math.log(value), ...reachOf(merit) };
}

/** Half the width of an interval on logarithms. */
function reachOf(reading: Reading | null): Pick<Score, 'reach'> {
  const { low = null, high = null } = reading?.interval ?? {};
  return low === null || high === null || low <= 0 ? {} : { reach: Math.log(high / low) / 2 };
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
