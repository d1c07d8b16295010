import type { CellConfig, Plan, WarmUpRule } from '../../../shared/domain/plan.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';
import { judgeLevel } from '../../../shared/matrix/service-level.ts';
import { createSeededRandom } from '../../stats/seeded-random.ts';
import { defineSearch } from './search.ts';
import { searchPlaces, type Place, type RankedPlace, type Round } from './tune-rounds.ts';
import { isOfSomethingElse, scoreTrial } from './tune-score.ts';
import { toConfigKey, toTuneSpace, type TuneSpace } from './tune-space.ts';

type Trial = Extract<NonNullable<CellConfig['trial']>, { purpose: 'search' }>;

/** Trials do not wait until windows of a second agree: a fresh session is warm enough to be told from a worse one. */
const warmUp: WarmUpRule = { minRuns: 3, minS: 0.2, maxS: 0.2, tolerance: 0.1 };
/** How long trials last. Six queries are the fewest that earn an interval of the median. */
const trials: Record<Round['length'], Trial> = {
  short: { purpose: 'search', minDurationS: 0.4, minQueries: 6, warmUp },
  long: { purpose: 'search', minDurationS: 1.5, minQueries: 12, warmUp },
};
/** Meters of energy are read twice a second, and those of GPUs average over a second. */
const trialsOfEnergy: Record<Round['length'], Trial> = {
  short: { ...trials.short, minDurationS: 4 },
  long: { ...trials.long, minDurationS: 12 },
};

/** Candidates that are measured in full, one after another, until one keeps what its trials promised. */
const mostConfirmed = 3;

/**
 * The best configuration of the matrix without measuring all of it: rounds of short trials (tune-rounds.ts), then the
 * winner and ONNX Runtime's defaults in full, so that what is reported was measured like any other result. A winner
 * that cannot be confirmed gives way to the next best. The order of trials follows from the seed of the plan.
 */
export const tune = defineSearch((plan, records) => {
  const space = toTuneSpace(plan);
  const rounds = searchPlaces(
    space.columns.map(({ length }) => length),
    createSeededRandom(plan.seed),
  );
  let taken = 0;
  let step = rounds.next();
  while (step.done !== true) {
    const { places, length } = step.value;
    const answers = records.slice(taken, taken + places.length);
    taken += answers.length;
    if (answers.length < places.length) {
      const trial = trialsOf(plan)[length];
      return places.slice(answers.length).map((place) => ({ ...configAt(space, place), trial }));
    }
    step = rounds.next(answers.map((record) => scoreTrial(record, plan)));
  }
  return nextConfirmation(plan, space, step.value, records.slice(taken));
});

/** Looks along the columns that are searched to their end, and candidates of the long round, in a usual search. */
const usualLooks = 5;
const usualFinalists = 3;

/** What a search will about come to, for an estimate of its time: one look at every column, and what follows. */
export function usualTuneCells(plan: Plan): CellConfig[] {
  const space = toTuneSpace(plan);
  const lengths = trialsOf(plan);
  const middles = space.columns.flatMap((column) => column[Math.floor((column.length - 1) / 2)] ?? []);
  const size = space.columns[0]?.length ?? 0;
  const looks = middles
    .slice(0, 2)
    .flatMap((config) => Array.from({ length: Math.min(usualLooks, size - 1) }, () => config));
  const candidates = Math.min(usualFinalists, space.columns.length * size);
  const finalists =
    candidates < 2 ? [] : middles.slice(0, 1).flatMap((config) => Array.from({ length: candidates }, () => config));
  const winner = middles.slice(0, 1);
  return [
    ...[...middles, ...looks].map((config) => ({ ...config, trial: lengths.short })),
    ...finalists.map((config) => ({ ...config, trial: lengths.long })),
    ...unique([...winner, space.defaults]).map((config) => ({ ...config, trial: { purpose: 'confirm' as const } })),
  ];
}

function trialsOf({ search }: Plan): Record<Round['length'], Trial> {
  return search?.kind === 'tune' && search.objective === 'energy' ? trialsOfEnergy : trials;
}

function configAt({ columns }: TuneSpace, { column, batch }: Place): CellConfig {
  return columns[column]![batch]!;
}

/** First the winner and the defaults; after that one candidate at a time, until one is confirmed or too many failed. */
function nextConfirmation(
  plan: Plan,
  space: TuneSpace,
  ranking: readonly RankedPlace[],
  confirmed: readonly CellRecord[],
): CellConfig[] {
  const candidates = unique(
    ranking.filter(({ score }) => score.standing !== 'useless').map((place) => configAt(space, place)),
  );
  const known = new Map(confirmed.map((record) => [toConfigKey(record.config), record]));
  const isKnown = (config: CellConfig): boolean => known.has(toConfigKey(config));
  const attempts = candidates.slice(0, mostConfirmed).flatMap((config) => known.get(toConfigKey(config)) ?? []);
  const isDone = attempts.some((record) => !givesWay(record, plan));
  const next = isDone
    ? []
    : candidates
        .slice(0, mostConfirmed)
        .filter((config) => !isKnown(config))
        .slice(0, 1);
  // Where nothing could be tried, the defaults cannot be measured either.
  const others = candidates.length === 0 || isKnown(space.defaults) ? [] : [space.defaults];
  return unique([...next, ...others]).map((config) => ({ ...config, trial: { purpose: 'confirm' } }));
}

/**
 * Whether the next candidate is measured in its place: it did not come to its end, is of something else, or does not keep
 * the service level. A result that is INVALID because of the machine would be so with any other candidate.
 */
function givesWay({ outcome }: CellRecord, { serviceLevel }: Plan): boolean {
  if (outcome.state !== 'completed' || isOfSomethingElse(outcome)) return true;
  return serviceLevel !== undefined && judgeLevel(outcome.measurement.summary, serviceLevel) !== 'keeps';
}

function unique(configs: readonly CellConfig[]): CellConfig[] {
  return [...new Map(configs.map((config) => [toConfigKey(config), config])).values()];
}
