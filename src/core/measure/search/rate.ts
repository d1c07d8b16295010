import type { CellConfig, Plan } from '../../../shared/domain/plan.ts';
import { grades } from '../../../shared/domain/grades.ts';
import type { RateSearch, RateStep, RateSubject } from '../../../shared/domain/rate-search.ts';
import { readRateSearch } from '../../../shared/rate-search.ts';
import { applyOverride } from '../cell-rules.ts';
import { expandMatrix } from '../expand-plan.ts';
import { proofConfidence } from '../load/server-rules.ts';
import { queriesNeeded } from '../../stats/early-stopping.ts';
import { defineSearch } from './search.ts';

/** The first trial: at this share of what one query after another gives. */
const firstShare = 0.5;
/** Rates double or halve until one is kept and one is missed. */
const step = 2;
/** Below this share of what one query after another gives, no rate is looked for. */
const lowestShare = 1 / 64;
/** A rate that is kept and one that is missed lie this close together in the end. */
const resolution = 1.02;
/** A trial lasts this share of the grade's time, but no longer than this. */
const trialShare = 0.2;
const longestTrialS = 20;
/** How far below the last one the next confirmation is, and how that grows each time. */
const firstStepDown = 0.02;
const stepDownGrowth = 1.5;
const mostConfirmations = 6;
/** A rate whose trial says nothing is tried so often. */
const mostAttempts = 2;

/** Chooses the next step of the search for the first model, provider, threads and batch whose search has not ended. */
export const searchRate = defineSearch((plan, records) => {
  for (const subject of rateSubjects(plan)) {
    const search = readRateSearch(plan, records, subject);
    const next = nextStep(plan, subject, search);
    if (next !== null) return [next];
  }
  return [];
});

/** What a search runs for: every configuration that the plan spans, its rate left open. */
export function rateSubjects(plan: Plan): RateSubject[] {
  return expandMatrix(plan).map(({ load: _, ...config }) => config);
}

/** Steps that a search usually takes: the lone query, trials to double or halve and to narrow down, one confirmation. */
export const usualTrials = 8;

/** The configuration of one step, see `nextStep`. */
export function trialConfig(plan: Plan, subject: RateSubject, ratePerS: number): CellConfig {
  return { ...subject, load: loadAt(plan, ratePerS), trial: { purpose: 'search', ...trialMinima(plan) } };
}

/** A lone query at a time: what no rate can be faster than. */
export function aloneConfig(plan: Plan, subject: RateSubject): CellConfig {
  return { ...subject, scenario: 'single-stream', trial: { purpose: 'search', ...trialMinima(plan) } };
}

export function confirmConfig(plan: Plan, subject: RateSubject, ratePerS: number): CellConfig {
  return { ...subject, load: loadAt(plan, ratePerS), trial: { purpose: 'confirm' } };
}

function loadAt({ batching }: Plan, ratePerS: number): NonNullable<CellConfig['load']> {
  return { ratePerS, maxBatch: batching?.maxBatch ?? 1, maxDelayMs: batching?.maxDelayMs ?? 0 };
}

/** Short, but with the queries that early stopping needs to tell the percentile. */
function trialMinima(plan: Plan): { minDurationS: number; minQueries: number } {
  const { minDurationS } = applyOverride(grades[plan.grade], plan.override).grade;
  const percentile = plan.serviceLevel?.percentile ?? 99;
  return {
    minDurationS: Math.min(longestTrialS, trialShare * minDurationS),
    minQueries: queriesNeeded(percentile, proofConfidence, 1),
  };
}

function nextStep(plan: Plan, subject: RateSubject, search: RateSearch): CellConfig | null {
  if (search.alone === null) return search.aloneAttempts < mostAttempts ? aloneConfig(plan, subject) : null;
  if (search.isLimitBelowService) return null;
  const trials = search.steps.filter(({ purpose }) => purpose === 'search');
  const confirmations = search.steps.filter(({ purpose }) => purpose === 'confirm');
  if (confirmations.length === 0) {
    const rate = nextTrialRate(trials, search.alone.ratePerS);
    if (rate !== null) return trialConfig(plan, subject, rate);
  }
  const rate = nextConfirmation(trials, confirmations);
  return rate === null ? null : confirmConfig(plan, subject, rate);
}

/** null: the trials have said what they can. */
function nextTrialRate(trials: readonly RateStep[], alonePerS: number): number | null {
  const last = trials.at(-1);
  if (last === undefined) return roundRate(firstShare * alonePerS);
  if (last.verdict === 'unclear' && attemptsAt(trials, last.ratePerS) < mostAttempts) return last.ratePerS;
  const { kept, bound } = bracket(trials);
  if (bound === null) return roundRate(step * (kept ?? last.ratePerS));
  if (kept === null) return bound / step < lowestShare * alonePerS ? null : roundRate(bound / step);
  if (bound <= resolution * kept) return null;
  const middle = roundRate(Math.sqrt(kept * bound));
  return middle > kept && middle < bound ? middle : null;
}

/** The lowest rate that was not kept, and the highest that was kept below it. What says nothing twice is not kept. */
function bracket(trials: readonly RateStep[]): { kept: number | null; bound: number | null } {
  const bound = least(trials.filter(({ verdict }) => verdict !== 'kept').map(({ ratePerS }) => ratePerS));
  const kept = trials.filter(({ verdict, ratePerS }) => verdict === 'kept' && (bound === null || ratePerS < bound));
  return { kept: kept.length === 0 ? null : Math.max(...kept.map(({ ratePerS }) => ratePerS)), bound };
}

/** null: confirmed, given up, or nothing to confirm. */
function nextConfirmation(trials: readonly RateStep[], confirmations: readonly RateStep[]): number | null {
  const last = confirmations.at(-1);
  if (last === undefined) return bracket(trials).kept;
  if (last.verdict === 'kept') return null;
  if (last.verdict === 'unclear') {
    return attemptsAt(confirmations, last.ratePerS) < mostAttempts ? last.ratePerS : null;
  }
  const missed = confirmations.filter(({ verdict }) => verdict === 'missed').length;
  if (missed >= mostConfirmations) return null;
  return roundRate(last.ratePerS * (1 - firstStepDown * stepDownGrowth ** (missed - 1)));
}

function attemptsAt(steps: readonly RateStep[], rate: number): number {
  return steps.filter(({ ratePerS }) => ratePerS === rate).length;
}

function least(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values);
}

/** Four digits: no rate is known better, and the same results give the same next step on every machine. */
function roundRate(ratePerS: number): number {
  return Number(ratePerS.toPrecision(4));
}
