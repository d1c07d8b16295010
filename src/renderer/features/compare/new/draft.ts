import { z } from 'zod';
import type { ComparisonPlan, ComparisonSide } from '../../../../shared/domain/comparison.ts';
import { providerIdSchema } from '../../../../shared/domain/provider.ts';
import { explainWholeNumber, parseWholeNumber } from '../../../components/whole-number.ts';
import { toNames, type NewComparisonSearch } from '../search.ts';

const sideSchema = z.object({
  /** Tells sides apart while they are edited. */
  key: z.string(),
  /** null: not chosen yet. */
  model: z.string().nullable(),
  provider: providerIdSchema,
  threads: z.string(),
});
export type SideDraft = z.infer<typeof sideSchema>;

/** A comparison as it is being written: texts are kept as typed, right or wrong. */
const draftSchema = z.object({
  baseline: sideSchema,
  candidates: z.array(sideSchema).min(1),
  batch: z.string(),
  /** By the name of a dimension; empty: left to the model. */
  dims: z.record(z.string(), z.string()),
  /** Empty: inputs are generated. */
  data: z.string(),
  /** In percent. */
  margin: z.string(),
  /** s */
  maxDuration: z.string(),
  seed: z.string(),
});
export type Draft = z.infer<typeof draftSchema>;

export const defaultMarginPercent = '2';
const defaultMaxDurationS = '60';

export const emptyDraft: Draft = {
  baseline: newSide('baseline'),
  candidates: [newSide('0')],
  batch: '1',
  dims: {},
  data: '',
  margin: defaultMarginPercent,
  maxDuration: defaultMaxDurationS,
  seed: '0',
};

/** A draft that was kept; the empty one where it is none. */
export function parseDraft(kept: unknown): Draft {
  const draft = draftSchema.safeParse(kept);
  return draft.success ? draft.data : emptyDraft;
}

/** A side on the processor, of a model that may not be chosen yet. */
export function newSide(key: string, model: string | null = null): SideDraft {
  return { key, model, provider: 'cpu', threads: '0' };
}

/** A key that none of these sides has. */
export function nextKey(sides: readonly SideDraft[]): string {
  return String(1 + Math.max(-1, ...sides.map(({ key }) => parseWholeNumber(key, 0) ?? -1)));
}

/** What is wrong, a sentence for each field that is not right; of sides by their keys. */
export interface DraftProblems {
  models: Record<string, string>;
  threads: Record<string, string>;
  dims: Record<string, string>;
  batch?: string;
  margin?: string;
  maxDuration?: string;
  seed?: string;
}

export interface ReadDraft {
  /** null while a field is not right. */
  plan: ComparisonPlan | null;
  problems: DraftProblems;
}

/** Reads a draft as a plan. */
export function readDraft(draft: Draft): ReadDraft {
  const problems = findProblems(draft);
  const { models, threads, dims, ...others } = problems;
  if ([models, threads, dims, others].some((some) => Object.keys(some).length > 0)) return { plan: null, problems };
  const sizes = Object.entries(draft.dims).flatMap(([name, text]) => {
    const size = parseWholeNumber(text, 0);
    return size === null ? [] : [[name, size] as const];
  });
  return {
    plan: {
      baseline: toSide(draft.baseline),
      candidates: draft.candidates.map(toSide),
      batch: Number(draft.batch),
      dims: Object.fromEntries(sizes),
      seed: Number(draft.seed),
      margin: (parseAmount(draft.margin) ?? 0) / 100,
      maxDurationS: parseAmount(draft.maxDuration) ?? 0,
      data: draft.data.trim() === '' ? null : draft.data.trim(),
    },
    problems,
  };
}

/** The draft that asks for a plan again. */
export function toDraft(plan: ComparisonPlan): Draft {
  const toSideDraft = ({ model, provider, threads }: ComparisonSide, key: string): SideDraft => ({
    key,
    model,
    provider,
    threads: String(threads),
  });
  return {
    baseline: toSideDraft(plan.baseline, 'baseline'),
    candidates: plan.candidates.map((side, index) => toSideDraft(side, String(index))),
    batch: String(plan.batch),
    dims: Object.fromEntries(Object.entries(plan.dims).map(([name, size]) => [name, String(size)])),
    data: plan.data ?? '',
    margin: String(Number((100 * plan.margin).toPrecision(6))),
    maxDuration: String(plan.maxDurationS),
    seed: String(plan.seed),
  };
}

/** The models that an address asks for, on top of what was written; null: it asks for none. */
export function startDraft({ baseline, candidate }: NewComparisonSearch, draft: Draft): Partial<Draft> | null {
  const candidates = toNames(candidate);
  if (baseline === undefined && candidates.length === 0) return null;
  return {
    ...(baseline === undefined ? {} : { baseline: { ...draft.baseline, model: baseline } }),
    // One asked for alone takes the place of what was compared with another baseline.
    candidates:
      candidates.length === 0 ? [newSide('0')] : candidates.map((name, index) => newSide(String(index), name)),
  };
}

function toSide({ model, provider, threads }: SideDraft): ComparisonSide {
  return { model: model ?? '', provider, threads: Number(threads) };
}

function findProblems({ baseline, candidates, batch, dims, margin, maxDuration, seed }: Draft): DraftProblems {
  const sides = [baseline, ...candidates];
  const percent = parseAmount(margin);
  const others = {
    batch: explainWholeNumber(batch, 1),
    margin: percent === null || percent <= 0 || percent >= 100 ? 'Give a number between 0 and 100.' : null,
    maxDuration: (parseAmount(maxDuration) ?? 0) <= 0 ? 'Give a number of seconds above 0.' : null,
    seed: explainWholeNumber(seed, 0),
  };
  return {
    models: problemsOf(sides.map(({ key, model }) => [key, model === null ? 'Choose a model.' : null])),
    threads: problemsOf(sides.map(({ key, threads }) => [key, explainWholeNumber(threads, 0)])),
    dims: problemsOf(
      Object.entries(dims).map(([name, text]) => [name, text === '' ? null : explainWholeNumber(text, 0)]),
    ),
    ...problemsOf(Object.entries(others)),
  };
}

function problemsOf(found: readonly (readonly [string, string | null])[]): Record<string, string> {
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** A number as people type it, with a point or a comma; null where the text is none. */
function parseAmount(text: string): number | null {
  const trimmed = text.trim().replace(',', '.');
  return /^\d{1,9}(\.\d{1,6})?$/.test(trimmed) ? Number(trimmed) : null;
}
