import type { Objective, Plan, ServiceLevel } from '../domain/plan.ts';
import type { Reading } from '../domain/provenance.ts';
import type { CellRecord } from '../domain/run.ts';
import { ratioInterval, type PositiveEstimate } from '../statistics/ratio-interval.ts';
import { isBetterBelow, readMerit } from './merit.ts';
import { judgeLevel, type LevelStanding } from './service-level.ts';

/** A configuration that was measured in full, with what the objective looks at. */
export interface Confirmed {
  cell: CellRecord;
  /** null: it has no valid result, or the percentile is not earned. */
  merit: Reading | null;
  /** null without a service level or without a valid result. */
  level: LevelStanding | null;
}

/** What a search for the best configuration found, as far as it has come. */
export interface Tuning {
  objective: Objective;
  serviceLevel: ServiceLevel | null;
  /** Configurations that the plan spans, and those of them that were tried. */
  candidates: number;
  tried: number;
  trials: number;
  /** In the order in which they were measured in full. */
  confirmed: Confirmed[];
  /** ONNX Runtime's defaults; null until they were measured in full. */
  defaults: Confirmed | null;
  /** The best of what was measured in full and keeps the service level; null: nothing did, or the search goes on. */
  winner: Confirmed | null;
  /**
   * How much better the winner is than the defaults, at least 1 where it is better; null where either has no number, or
   * the defaults are the winner.
   */
  gain: Reading | null;
}

/** Reads the run of a search of the kind "tune". null for any other run. */
export function readTuning(plan: Plan, cells: readonly CellRecord[]): Tuning | null {
  const { search, serviceLevel } = plan;
  if (search?.kind !== 'tune') return null;
  const { objective } = search;
  const trials = cells.filter(({ config }) => config.trial?.purpose === 'search');
  const confirmed = cells
    .filter(({ config }) => config.trial?.purpose === 'confirm')
    .map((cell) => toConfirmed(cell, objective, serviceLevel));
  const defaults = confirmed.find(({ cell }) => isDefault(cell, plan)) ?? null;
  const eligible = confirmed.filter(
    ({ merit, level }) => merit !== null && (serviceLevel === undefined || level === 'keeps'),
  );
  const [winner = null] = eligible.toSorted((left, right) => compareMerit(left, right, objective));
  return {
    objective,
    serviceLevel: serviceLevel ?? null,
    candidates: countCandidates(plan),
    tried: new Set(trials.map(({ config: { trial: _, ...config } }) => JSON.stringify(config))).size,
    trials: trials.length,
    confirmed,
    defaults,
    winner,
    gain: toGain(winner, defaults, objective),
  };
}

function toConfirmed(cell: CellRecord, objective: Objective, serviceLevel: ServiceLevel | undefined): Confirmed {
  const { outcome, config } = cell;
  if (outcome.state !== 'completed' || outcome.validity.verdict === 'INVALID') {
    return { cell, merit: null, level: null };
  }
  return {
    cell,
    merit: readMerit(outcome.measurement, config.provider, objective, serviceLevel),
    level: serviceLevel === undefined ? null : judgeLevel(outcome.measurement.summary, serviceLevel),
  };
}

/** What ONNX Runtime does when nothing is chosen (docs/method/search.md). */
function isDefault({ config }: CellRecord, { models, providers, batches }: Plan): boolean {
  const { model, provider, threads, batch, instances = 1 } = config;
  const isFirst = model === models[0] && provider === providers[0];
  return isFirst && threads === 0 && instances === 1 && batch === Math.min(...batches);
}

function countCandidates({ models, providers, threads, batches, instances = [1], search }: Plan): number {
  const isLatency = search?.kind === 'tune' && search.objective === 'latency';
  const shares = threads.flatMap((count) => instances.filter((one) => isOwnShare(count, one, threads)));
  return models.length * providers.length * shares.length * (isLatency ? 1 : new Set(batches).size);
}

/**
 * Whether a number of threads for each of several instances is a candidate of its own: instances with ONNX Runtime's
 * own number share the processors, which explicit numbers of threads say already.
 */
export function isOwnShare(threads: number, instances: number, allThreads: readonly number[]): boolean {
  return instances === 1 || threads > 0 || allThreads.length === 1;
}

function compareMerit(left: Confirmed, right: Confirmed, objective: Objective): number {
  const difference = (right.merit?.value ?? 0) - (left.merit?.value ?? 0);
  return isBetterBelow(objective) ? -difference : difference;
}

function toGain(winner: Confirmed | null, defaults: Confirmed | null, objective: Objective): Reading | null {
  if (winner === null || defaults === null || winner.cell.id === defaults.cell.id) return null;
  const better = isBetterBelow(objective) ? defaults.merit : winner.merit;
  const worse = isBetterBelow(objective) ? winner.merit : defaults.merit;
  if (better === null || worse === null) return null;
  const [numerator, denominator] = [toEstimate(better), toEstimate(worse)];
  const ratio = numerator === null || denominator === null ? null : ratioInterval(numerator, denominator);
  return {
    value: better.value / worse.value,
    unit: '1',
    kind: 'computed',
    interval: ratio && {
      low: ratio.low,
      high: ratio.high,
      level: better.interval?.level ?? 0.95,
      method: 'ratio of two results from their intervals',
    },
    n: null,
  };
}

function toEstimate({ value, interval }: Reading): PositiveEstimate | null {
  return interval?.low == null || interval.high === null ? null : { value, low: interval.low, high: interval.high };
}

/**
 * Cost of 1,000 predictions on a machine of this price that is always busy, in the currency of the price; the interval
 * turns round, since more throughput costs less. null without a price, and where the merit is no throughput. Source:
 * docs/method/search.md.
 */
export function toCostOfThousand(
  merit: Reading,
  objective: Objective,
  pricePerHour: number | null,
): { value: number; low: number | null; high: number | null } | null {
  if (pricePerHour === null || merit.unit !== 'samples/s' || isBetterBelow(objective)) return null;
  const costAt = (samplesPerS: number | null): number | null =>
    samplesPerS === null ? null : (1000 * pricePerHour) / (3600 * samplesPerS);
  const { value, interval } = merit;
  return {
    value: (1000 * pricePerHour) / (3600 * value),
    low: costAt(interval?.high ?? null),
    high: costAt(interval?.low ?? null),
  };
}
