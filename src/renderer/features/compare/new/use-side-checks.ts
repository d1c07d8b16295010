import { useDebouncedValue } from '@mantine/hooks';
import { useQueries } from '@tanstack/react-query';
import type { Plan } from '../../../../shared/domain/plan.ts';
import type { Failure } from '../../../../shared/errors.ts';
import { parseWholeNumber } from '../../../components/whole-number.ts';
import { api } from '../../../transport/connection.ts';
import type { Draft, SideDraft } from './draft.ts';

/** Every check reads the file of a model; while somebody types, it waits. */
const typingMs = 350;

/** What keeps sides from being measured here. */
export interface SideChecks {
  /** By the key of the side. */
  problems: ReadonlyMap<string, Failure>;
  /** Sizes that models leave open, with those models. */
  needed: ReadonlyMap<string, readonly string[]>;
  /** False while an answer is out. */
  isSettled: boolean;
}

/** Asks the host of each side whether it can be measured here as it stands. */
export function useSideChecks(draft: Draft): SideChecks {
  // As text, because an equal plan is no change, and two sides that are alike are one question.
  const wanted = [draft.baseline, ...draft.candidates].map((side) => toQuestion(side, draft));
  const [settledText] = useDebouncedValue(JSON.stringify(wanted), typingMs);
  const settled = JSON.parse(settledText) as (string | null)[];
  const questions = [...new Set(settled)].filter((question) => question !== null);
  const answers = useQueries({
    queries: questions.map((question) => api.plans.check.queryOptions({ input: JSON.parse(question) as Plan })),
  });
  const problems = new Map<string, Failure>();
  const needed = new Map<string, string[]>();
  for (const [index, side] of [draft.baseline, ...draft.candidates].entries()) {
    const question = settled[index] ?? null;
    const problem = question === null ? null : answers[questions.indexOf(question)]?.data?.[0]?.problem;
    if (problem == null || side.model === null) continue;
    problems.set(side.key, problem);
    const names = problem.code === 'DIMENSION_NEEDED' ? problem.data?.dimensions : undefined;
    if (!Array.isArray(names)) continue;
    for (const name of names.filter((one) => typeof one === 'string')) {
      needed.set(name, [...new Set([...(needed.get(name) ?? []), side.model])]);
    }
  }
  const isSettled = settledText === JSON.stringify(wanted) && answers.every(({ isFetching }) => !isFetching);
  return { problems, needed, isSettled };
}

/** A side as the one configuration of a plan, written as JSON; null while it is not complete. */
function toQuestion({ model, provider, threads }: SideDraft, { batch, dims }: Draft): string | null {
  const [threadCount, batchSize] = [parseWholeNumber(threads, 0), parseWholeNumber(batch, 1)];
  if (model === null || threadCount === null || batchSize === null) return null;
  const sizes = Object.entries(dims).flatMap(([name, text]) => {
    const size = parseWholeNumber(text, 0);
    return size === null ? [] : [[name, size] as const];
  });
  const plan: Plan = {
    ...common,
    models: [model],
    providers: [provider],
    threads: [threadCount],
    batches: [batchSize],
    dims: Object.fromEntries(sizes),
  };
  return JSON.stringify(plan);
}

/** What does not matter to whether a side can be measured. */
const common = {
  scenario: 'single-stream',
  grade: 'quick',
  seed: 0,
  inputs: null,
  repeats: 1,
} as const;
