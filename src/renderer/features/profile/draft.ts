import type { CellId } from '../../../shared/domain/ids.ts';
import type { ProfilePlan } from '../../../shared/domain/profile.ts';
import type { ProviderId } from '../../../shared/domain/provider.ts';
import { explainWholeNumber, parseWholeNumber } from '../../components/whole-number.ts';

/** What is to be profiled, as people type it. */
export interface ProfileDraft {
  subject: 'model' | 'result';
  model: string | null;
  provider: ProviderId;
  batch: string;
  threads: string;
  /** Sizes of free dimensions, "name=size, name=size". */
  dims: string;
  result: CellId | null;
}

export const emptyDraft: ProfileDraft = {
  subject: 'model',
  model: null,
  provider: 'cpu',
  batch: '1',
  threads: '0',
  dims: '',
  result: null,
};

export type DraftProblems = Partial<Record<'model' | 'batch' | 'threads' | 'dims' | 'result', string>>;

/** The plan of a draft; null where something is missing or wrong, which `problems` names by field. */
export function readDraft(draft: ProfileDraft): { plan: ProfilePlan | null; problems: DraftProblems } {
  const { model, provider, batch, threads } = draft;
  const dims = readDims(draft.dims);
  const problems: DraftProblems = {};
  const batchProblem = explainWholeNumber(batch, 1);
  const threadsProblem = explainWholeNumber(threads, 0);
  if (model === null) problems.model = 'Choose a model.';
  if (batchProblem !== null) problems.batch = batchProblem;
  if (threadsProblem !== null) problems.threads = threadsProblem;
  if (dims === null) problems.dims = 'Write sizes as name=size, one after the other with commas.';
  const sizes = { batch: parseWholeNumber(batch, 1), threads: parseWholeNumber(threads, 0) };
  if (model === null || sizes.batch === null || sizes.threads === null || dims === null)
    return { plan: null, problems };
  return {
    plan: { model, provider, batch: sizes.batch, threads: sizes.threads, dims, seed: 0, inputs: null },
    problems,
  };
}

function readDims(text: string): Record<string, number> | null {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const pairs = parts.map((part) => {
    const [, name, size] = /^([^=]+)=(\d+)$/.exec(part) ?? [];
    const value = size === undefined ? null : parseWholeNumber(size, 1);
    return name === undefined || value === null ? null : ([name.trim(), value] as const);
  });
  return pairs.some((pair) => pair === null) ? null : Object.fromEntries(pairs.filter((pair) => pair !== null));
}
