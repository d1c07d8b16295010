import { z } from 'zod';
import { objectiveSchema, type Objective, type Plan, type ScenarioId } from '../../../shared/domain/plan.ts';
import { describeDecimal, explainDecimal, parseDecimal, type DecimalBounds } from '../../components/decimal-number.ts';
import { explainWholeNumber, parseWholeNumber } from '../../components/whole-number.ts';
import { hasField } from './scenarios.ts';

const texts = z.array(z.string());

/** The part of a draft that only some scenarios have a meaning for; kept when another one is chosen. */
export const scenarioDraftSchema = z.object({
  instances: texts,
  /** More threads at once than processors are measured all the same. */
  oversubscribe: z.boolean(),
  /** "rates": those that are given; "highest": a search for the highest that keeps the service level. */
  load: z.enum(['rates', 'highest']),
  ratesPerS: texts,
  maxBatch: z.string(),
  maxDelayMs: z.string(),
  percentile: z.string(),
  limitMs: z.string(),
  /** "all": every combination is measured; "best": a search tries some of them. */
  search: z.enum(['all', 'best']),
  objective: objectiveSchema,
  /** Of the search; empty: none has to be kept. */
  searchLimitMs: z.string(),
  searchPercentile: z.string(),
  pausesMs: texts,
  promptTokens: texts,
  newTokens: z.string(),
});
export type ScenarioDraft = z.infer<typeof scenarioDraftSchema>;

export const emptyScenarioDraft: ScenarioDraft = {
  instances: ['1'],
  oversubscribe: false,
  load: 'highest',
  ratesPerS: ['100'],
  maxBatch: '1',
  maxDelayMs: '0',
  percentile: '99',
  limitMs: '50',
  search: 'all',
  objective: 'throughput',
  searchLimitMs: '',
  searchPercentile: '90',
  pausesMs: ['0', '10', '50', '100', '200', '500', '1000'],
  promptTokens: ['32', '128'],
  newTokens: '64',
};

/** Percentiles that a service level can be about. */
export const levelPercentiles = ['50', '90', '95', '99', '99.9'] as const;

export const rateBounds: DecimalBounds = {};
export const pauseBounds: DecimalBounds = { least: 0 };
const delayBounds: DecimalBounds = { least: 0 };

/** What is wrong with the fields that a scenario has, a sentence for each that is not right. */
export function findScenarioProblems(
  scenario: ScenarioId,
  draft: ScenarioDraft,
): Partial<Record<keyof ScenarioDraft, string>> {
  const found: Partial<Record<keyof ScenarioDraft, string | null>> = {};
  if (hasField(scenario, 'instances')) found.instances = explainWholeNumbers(draft.instances, 1);
  if (hasField(scenario, 'pauses')) found.pausesMs = explainDecimals(draft.pausesMs, pauseBounds);
  if (hasField(scenario, 'texts')) {
    found.promptTokens = explainWholeNumbers(draft.promptTokens, 1);
    found.newTokens = explainWholeNumber(draft.newTokens, 1);
  }
  if (hasField(scenario, 'search') && draft.search === 'best' && draft.searchLimitMs.trim() !== '') {
    found.searchLimitMs = explainDecimal(draft.searchLimitMs);
  }
  if (hasField(scenario, 'load')) {
    found.maxBatch = explainWholeNumber(draft.maxBatch, 1);
    if (isBatching(draft)) found.maxDelayMs = explainDecimal(draft.maxDelayMs, delayBounds);
    if (draft.load === 'rates') found.ratesPerS = explainDecimals(draft.ratesPerS, rateBounds);
    found.percentile = explainDecimal(draft.percentile, { below: 100 });
    if (hasLimit(draft)) found.limitMs = explainDecimal(draft.limitMs);
  }
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** The fields of a plan that a scenario has; those that say nothing but the default are left out. */
export function toScenarioPlan(scenario: ScenarioId, draft: ScenarioDraft): Partial<Plan> {
  const plan: Partial<Plan> = {};
  if (hasField(scenario, 'instances') && draft.instances.join() !== '1') plan.instances = toNumbers(draft.instances);
  if (plan.instances !== undefined && draft.oversubscribe) plan.oversubscribe = true;
  if (hasField(scenario, 'pauses')) plan.pausesMs = toNumbers(draft.pausesMs);
  if (hasField(scenario, 'texts')) {
    plan.decode = {
      promptTokens: toNumbers(draft.promptTokens),
      newTokens: parseWholeNumber(draft.newTokens, 1) ?? 1,
    };
  }
  if (hasField(scenario, 'search') && draft.search === 'best') Object.assign(plan, toSearchPlan(scenario, draft));
  if (hasField(scenario, 'load')) Object.assign(plan, toLoadPlan(draft));
  return plan;
}

function toLoadPlan(draft: ScenarioDraft): Partial<Plan> {
  const maxBatch = parseWholeNumber(draft.maxBatch, 1) ?? 1;
  // A query that is answered by itself waits for no other.
  const maxDelayMs = maxBatch === 1 ? 0 : (parseDecimal(draft.maxDelayMs, delayBounds) ?? 0);
  const batching = maxBatch === 1 ? {} : { batching: { maxBatch, maxDelayMs } };
  const percentile = parseDecimal(draft.percentile, { below: 100 }) ?? 99;
  const latencyMs = parseDecimal(draft.limitMs) ?? 1;
  const level = hasLimit(draft) ? { serviceLevel: { percentile, latencyMs } } : {};
  if (draft.load === 'rates') return { ...batching, ...level, ratesPerS: toNumbers(draft.ratesPerS) };
  return { ...batching, ...level, search: { kind: 'rate' } };
}

/** What a search can look for: what is there from the beginning measures throughput, one query after another latency. */
export function objectivesOf(scenario: ScenarioId): Objective[] {
  return scenario === 'single-stream' ? ['latency'] : ['throughput', 'cost', 'energy'];
}

/** What is looked for; the first that the scenario can tell where it cannot tell the one that was chosen. */
export function objectiveOf({ scenario, objective }: { scenario: ScenarioId; objective: Objective }): Objective {
  const known = objectivesOf(scenario);
  return known.includes(objective) ? objective : known[0]!;
}

function toSearchPlan(scenario: ScenarioId, draft: ScenarioDraft): Partial<Plan> {
  const { searchLimitMs, searchPercentile } = draft;
  const objective = objectiveOf({ scenario, objective: draft.objective });
  const latencyMs = parseDecimal(searchLimitMs);
  const percentile = parseDecimal(searchPercentile, { below: 100 }) ?? 90;
  const level = latencyMs === null ? {} : { serviceLevel: { percentile, latencyMs } };
  return { ...level, search: { kind: 'tune', objective } };
}

/** A search needs a limit; with rates that are given it may be left out. */
function hasLimit({ load, limitMs }: Pick<ScenarioDraft, 'load' | 'limitMs'>): boolean {
  return load === 'highest' || limitMs.trim() !== '';
}

/** The draft of a plan that was made elsewhere. */
export function toScenarioDraft(plan: Plan): ScenarioDraft {
  const { instances, ratesPerS, batching, serviceLevel, search, pausesMs, decode } = plan;
  const level = serviceLevel && {
    percentile: String(serviceLevel.percentile),
    limitMs: String(serviceLevel.latencyMs),
  };
  const draft: ScenarioDraft = {
    ...emptyScenarioDraft,
    ...(instances && { instances: instances.map(String) }),
    oversubscribe: plan.oversubscribe ?? false,
    ...(ratesPerS && { load: 'rates', ratesPerS: ratesPerS.map(String), limitMs: '' }),
    ...(batching && { maxBatch: String(batching.maxBatch), maxDelayMs: String(batching.maxDelayMs) }),
    ...(pausesMs && { pausesMs: pausesMs.map(String) }),
    ...(decode && { promptTokens: decode.promptTokens.map(String), newTokens: String(decode.newTokens) }),
  };
  if (search?.kind !== 'tune') return { ...draft, ...level };
  return {
    ...draft,
    search: 'best',
    objective: search.objective,
    ...(level && { searchLimitMs: level.limitMs, searchPercentile: level.percentile }),
  };
}

/** Whether queries that wait are put together at all. */
export function isBatching({ maxBatch }: Pick<ScenarioDraft, 'maxBatch'>): boolean {
  return parseWholeNumber(maxBatch, 2) !== null;
}

/** What is wrong with a list of whole numbers; null: nothing. */
export function explainWholeNumbers(values: readonly string[], least: number): string | null {
  if (values.length === 0) return `Give at least one whole number from ${least} on.`;
  const wrong = values.find((text) => parseWholeNumber(text, least) === null);
  return wrong === undefined ? null : `"${wrong}" is not a whole number from ${least} on.`;
}

function explainDecimals(values: readonly string[], bounds: DecimalBounds): string | null {
  if (values.length === 0) return `Give at least ${describeDecimal(bounds).replace(/^a /, 'one ')}.`;
  const wrong = values.find((text) => parseDecimal(text, bounds) === null);
  return wrong === undefined ? null : `"${wrong}" is not ${describeDecimal(bounds)}.`;
}

/** Each number once, in the order in which it was given. */
export function toNumbers(values: readonly string[]): number[] {
  return [...new Set(values.map(Number))];
}
