import { isAlike } from '../../shared/matrix/columns.ts';
import { judgeLevel } from '../../shared/matrix/service-level.ts';
import type { CellConfig, Plan, ServiceLevel } from '../../shared/domain/plan.ts';
import type { CellOutcome, CellRecord } from '../../shared/domain/run.ts';

/** A configuration that is left out, with its reason. */
export type Skipped = Extract<CellOutcome, { state: 'skipped' }>;

export interface LeaveOutContext {
  plan: Plan;
  /** Processors that engines may use; null where the machine does not tell. */
  cpus: number | null;
  /** Every configuration of the run as it stands; read only where it matters. */
  records: () => readonly CellRecord[];
  /** Those that have ended since this process began to measure the run, in that order. */
  ended: readonly CellRecord[];
}

/** Why a configuration need not be measured; null: it has to be. */
export function findSkip(config: CellConfig, context: LeaveOutContext): Skipped | null {
  const { plan, cpus, records, ended } = context;
  return (
    (plan.oversubscribe === true ? null : findTooManyThreads(config, cpus)) ??
    findLostProvider(config, ended) ??
    (plan.serviceLevel === undefined ? null : findHopeless(config, plan.serviceLevel, records()))
  );
}

/** Processors that a configuration keeps busy at once; ONNX Runtime's own number of threads fits by itself. */
export function threadsAtOnce({ threads, instances = 1 }: Pick<CellConfig, 'threads' | 'instances'>): number {
  return instances * Math.max(1, threads);
}

function findTooManyThreads(config: CellConfig, cpus: number | null): Skipped | null {
  const asked = threadsAtOnce(config);
  if (cpus === null || asked <= cpus) return null;
  const { threads, instances = 1 } = config;
  const what = instances === 1 ? `${threads} threads` : `${instances} instances of ${Math.max(1, threads)} threads`;
  return {
    state: 'skipped',
    cause: 'too-many-threads',
    reason: `${what} at once are more than the ${cpus} processors that may be used here.`,
    remedy:
      'Choose threads and instances whose product is at most the number of processors, or ask for more with --oversubscribe.',
  };
}

/**
 * A larger batch of the same column cannot keep a service level that a smaller one misses: each of its queries waits
 * for more work. Judged only by what is valid.
 */
function findHopeless(config: CellConfig, level: ServiceLevel, records: readonly CellRecord[]): Skipped | null {
  if (config.trial !== undefined) return null;
  const missed = records.find(
    ({ config: other, outcome }) =>
      other.trial === undefined &&
      other.batch < config.batch &&
      isAlike(other, config) &&
      outcome.state === 'completed' &&
      outcome.validity.verdict !== 'INVALID' &&
      judgeLevel(outcome.measurement.summary, level) === 'misses',
  );
  if (missed === undefined) return null;
  return {
    state: 'skipped',
    cause: 'hopeless',
    reason: `Batch ${missed.config.batch} misses the limit of ${level.latencyMs} ms at p${level.percentile} already, so batch ${config.batch} cannot keep it.`,
    remedy: 'Measure it in a plan without a service level.',
  };
}

/** So many ends of the same kind in a row say that it is the provider and not one configuration. */
const deathsInARow = 2;

/**
 * A driver that hangs or has died takes every later configuration with it, and each costs its deadline. A crash alone
 * says nothing: the next configuration begins with a probe, and only when that fails, or when nothing answers twice, is
 * the provider given up for the rest of this run. Others go on; a resume tries it again.
 */
function findLostProvider({ provider }: CellConfig, ended: readonly CellRecord[]): Skipped | null {
  if (provider === 'cpu') return null;
  const last = ended
    .filter(({ config, outcome }) => config.provider === provider && outcome.state !== 'skipped')
    .slice(-deathsInARow)
    .map(({ outcome }) => outcome);
  if (last.length < deathsInARow || !last.every(isDeath)) return null;
  if (!last.some(isUnavailable) && !last.every(({ state }) => state === 'timed-out')) return null;
  return {
    state: 'skipped',
    cause: 'provider-lost',
    reason: `The provider ${provider} failed ${deathsInARow} times in a row and does not answer any more.`,
    remedy: 'Run `inferometer doctor`, restart the driver or the machine, then go on with the run.',
  };
}

function isUnavailable(outcome: CellOutcome): boolean {
  return outcome.state === 'failed' && outcome.failure.code === 'PROVIDER_UNAVAILABLE';
}

function isDeath(outcome: CellOutcome): boolean {
  return outcome.state === 'crashed' || outcome.state === 'timed-out' || isUnavailable(outcome);
}
