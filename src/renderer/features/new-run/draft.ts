import { z } from 'zod';
import type { NewRunSearch } from './search.ts';
import { grades } from '../../../shared/domain/grades.ts';
import { gradeIdSchema, scenarioIdSchema, type GradeId, type Plan } from '../../../shared/domain/plan.ts';
import { providerIdSchema } from '../../../shared/domain/provider.ts';
import { machinePlan } from '../../components/machine-plan.ts';
import { explainWholeNumber, parseWholeNumber } from '../../components/whole-number.ts';
import {
  emptyScenarioDraft,
  explainWholeNumbers,
  findScenarioProblems,
  scenarioDraftSchema,
  toNumbers,
  toScenarioDraft,
  toScenarioPlan,
} from './scenario-draft.ts';
import { hasField } from './scenarios.ts';

const texts = z.array(z.string());

/** A plan as it is being written: texts are kept as typed, right or wrong. */
const draftSchema = z.object({
  models: texts,
  providers: z.array(providerIdSchema),
  scenario: scenarioIdSchema,
  batches: texts,
  threads: texts,
  /** null: that of the settings. */
  grade: gradeIdSchema.nullable(),
  /** Empty: as many fresh processes as the grade says. */
  repeats: z.string(),
  /** By the name of a dimension; empty: left to the model. */
  dims: z.record(z.string(), z.string()),
  /** Empty: inputs are generated. */
  inputs: z.string(),
  seed: z.string(),
  /** Refuses to measure beside other programs. */
  exclusive: z.boolean(),
  ...scenarioDraftSchema.shape,
});
export type Draft = z.infer<typeof draftSchema>;

export const emptyDraft: Draft = {
  models: [],
  providers: ['cpu'],
  scenario: 'single-stream',
  batches: ['1'],
  threads: ['0'],
  grade: null,
  repeats: '',
  dims: {},
  inputs: '',
  seed: '0',
  exclusive: false,
  ...emptyScenarioDraft,
};

/** A draft that was kept; the empty one where it is none. */
export function parseDraft(kept: unknown): Draft {
  const draft = draftSchema.safeParse(kept);
  return draft.success ? draft.data : emptyDraft;
}

/** What is wrong with a draft, a sentence for each field that is not right. */
export type DraftProblems = Partial<Record<Exclude<keyof Draft, 'dims'>, string>> & { dims: Record<string, string> };

/** What a group of fields shows. */
export interface FieldsProps {
  draft: Draft;
  problems: DraftProblems;
}

export interface ReadDraft {
  /** null while a field is not right. */
  plan: Plan | null;
  problems: DraftProblems;
}

/** Reads a draft as a plan. */
export function readDraft(draft: Draft, defaultGrade: GradeId): ReadDraft {
  const problems = findProblems(draft);
  const { dims: wrongSizes, ...others } = problems;
  if (Object.keys(others).length > 0 || Object.keys(wrongSizes).length > 0) return { plan: null, problems };
  const grade = draft.grade ?? defaultGrade;
  const sizes = Object.entries(draft.dims).flatMap(([name, text]) => {
    const size = parseWholeNumber(text, 0);
    return size === null ? [] : [[name, size] as const];
  });
  const plan: Plan = {
    models: draft.models,
    providers: draft.providers,
    scenario: draft.scenario,
    batches: hasField(draft.scenario, 'batches') ? toNumbers(draft.batches) : [1],
    threads: toNumbers(draft.threads),
    grade,
    seed: parseWholeNumber(draft.seed, 0) ?? 0,
    dims: Object.fromEntries(sizes),
    inputs: draft.inputs.trim() === '' ? null : draft.inputs.trim(),
    repeats: parseWholeNumber(draft.repeats, 1) ?? grades[grade].processes,
    ...(draft.exclusive ? { exclusive: true } : {}),
    ...toScenarioPlan(draft.scenario, draft),
  };
  return { plan, problems };
}

/** The draft that an address asks for, on top of what was written; null: it asks for nothing. */
export function startDraft({ models, preset }: NewRunSearch): Partial<Draft> | null {
  if (preset === 'machine') return toDraft(machinePlan);
  return models === undefined ? null : { models };
}

/** A plan as it would have been written. */
export function toDraft(plan: Plan): Draft {
  const { models, providers, scenario, grade, batches, threads, repeats, dims, inputs, seed } = plan;
  return {
    ...toScenarioDraft(plan),
    models,
    providers,
    scenario,
    grade,
    batches: batches.map(String),
    threads: threads.map(String),
    repeats: repeats === grades[grade].processes ? '' : String(repeats),
    dims: Object.fromEntries(Object.entries(dims).map(([name, size]) => [name, String(size)])),
    inputs: inputs ?? '',
    seed: String(seed),
    exclusive: plan.exclusive ?? false,
  };
}

function findProblems(draft: Draft): DraftProblems {
  const { models, providers, scenario, batches, threads, repeats, dims, seed } = draft;
  const sizes = Object.entries(dims).flatMap(([name, text]) => {
    const problem = text === '' ? null : explainWholeNumber(text, 0);
    return problem === null ? [] : [[name, problem] as const];
  });
  const found = {
    models: models.length === 0 ? 'Choose at least one model.' : null,
    providers: providers.length === 0 ? 'Choose at least one provider.' : null,
    batches: hasField(scenario, 'batches') ? explainWholeNumbers(batches, 1) : null,
    threads: explainWholeNumbers(threads, 0),
    repeats: repeats.trim() === '' ? null : explainWholeNumber(repeats, 1),
    seed: explainWholeNumber(seed, 0),
  };
  return {
    ...Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== null)),
    ...findScenarioProblems(scenario, draft),
    dims: Object.fromEntries(sizes),
  };
}
