import type { CellConfig, Plan } from './domain/plan.ts';
import type { RateSearch, RateStep, RateSubject } from './domain/rate-search.ts';
import type { CellRecord } from './domain/run.ts';

/**
 * Reads a search for the highest rate out of the configurations of its run: one search for each model, provider, number
 * of threads and batch. The same records give the same search, finished or not.
 */
export function readRateSearch(
  { serviceLevel }: Pick<Plan, 'serviceLevel'>,
  records: readonly CellRecord[],
  subject: RateSubject,
): RateSearch {
  const own = records.filter(({ config }) => isOf(subject, config));
  const baseline = own.filter(({ config, outcome }) => config.load === undefined && isFinal(outcome));
  const percentile = serviceLevel?.percentile ?? 99;
  const alone = baseline.map((record) => readAlone(record, percentile)).find((found) => found !== null) ?? null;
  const steps = own.flatMap(readStep);
  const highestConfirmedPerS = highest(
    steps.filter(({ purpose, verdict }) => purpose === 'confirm' && verdict === 'kept'),
  );
  const failed = steps.filter(
    ({ verdict, ratePerS }) => verdict === 'missed' && ratePerS > (highestConfirmedPerS ?? 0),
  );
  return {
    subject,
    alone,
    aloneAttempts: baseline.length,
    isLimitBelowService: alone !== null && serviceLevel !== undefined && alone.latencyNs > serviceLevel.latencyMs * 1e6,
    steps,
    highestConfirmedPerS,
    lowestFailedPerS: failed.length === 0 ? null : Math.min(...failed.map(({ ratePerS }) => ratePerS)),
  };
}

/** The searches of a run, in the order in which they began. */
export function readRateSearches(plan: Plan, records: readonly CellRecord[]): RateSearch[] {
  if (plan.search?.kind !== 'rate') return [];
  const subjects: RateSubject[] = [];
  for (const { config } of records) {
    if (!subjects.some((subject) => isOf(subject, config))) subjects.push(toSubject(plan, config));
  }
  return subjects.map((subject) => readRateSearch(plan, records, subject));
}

function toSubject({ scenario }: Plan, { load: _, trial: __, ...config }: CellConfig): RateSubject {
  return { ...config, scenario };
}

/** The scenario does not matter: the lone query is measured in another one. */
function isOf(subject: RateSubject, config: CellConfig): boolean {
  return (
    subject.model === config.model &&
    subject.provider === config.provider &&
    subject.threads === config.threads &&
    subject.batch === config.batch &&
    (subject.instances ?? 1) === (config.instances ?? 1)
  );
}

type Outcome = CellRecord['outcome'];

function isFinal({ state }: Outcome): boolean {
  return state !== 'pending' && state !== 'running' && state !== 'cancelled';
}

/** The rate is that of the median, which a few queries that were held up do not move. */
function readAlone({ outcome }: CellRecord, percentile: number): RateSearch['alone'] {
  if (outcome.state !== 'completed') return null;
  const { percentiles } = outcome.measurement.summary;
  const earned = (wanted: number): number | null => {
    const found = percentiles.find((one) => one.percentile === wanted);
    return found?.status === 'earned' ? found.reading.value : null;
  };
  const medianNs = earned(50);
  if (medianNs === null) return null;
  const tailNs = earned(percentile);
  const ratePerS = 1e9 / medianNs;
  return tailNs === null
    ? { latencyNs: medianNs, percentile: 50, ratePerS }
    : { latencyNs: tailNs, percentile, ratePerS };
}

function readStep({ index, config, outcome }: CellRecord): RateStep[] {
  const { load, trial } = config;
  if (load === undefined || trial === undefined || !isFinal(outcome)) return [];
  const { purpose } = trial;
  return [{ index, purpose, ratePerS: load.ratePerS, ...judge(outcome, purpose) }];
}

function judge(outcome: Outcome, purpose: RateStep['purpose']): Pick<RateStep, 'verdict' | 'latencyNs'> {
  const level = outcome.state === 'completed' ? outcome.measurement.server?.serviceLevel : undefined;
  if (outcome.state !== 'completed' || !level) return { verdict: 'unclear', latencyNs: null };
  const { validity, measurement } = outcome;
  const codes = validity.findings.filter(({ severity }) => severity === 'invalid').map(({ code }) => code);
  const percentile = measurement.summary.percentiles.find((one) => one.percentile === level.percentile);
  const latencyNs = percentile?.status === 'earned' ? percentile.reading.value : null;
  if (codes.includes('OVERLOADED')) return { verdict: 'missed', latencyNs };
  // What a confirmation rests on has to be valid in every respect; a trial only has to be a fair one.
  const isSpoilt = purpose === 'confirm' ? codes.length > 0 : codes.includes('GENERATOR_LATE');
  if (isSpoilt) return { verdict: 'unclear', latencyNs };
  const isKept = purpose === 'confirm' ? level.proved : level.kept;
  return { verdict: isKept ? 'kept' : 'missed', latencyNs };
}

function highest(steps: readonly RateStep[]): number | null {
  return steps.length === 0 ? null : Math.max(...steps.map(({ ratePerS }) => ratePerS));
}
