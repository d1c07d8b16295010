import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../../shared/contract/index.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { api } from '../../transport/connection.ts';
import { emptyPlan } from './empty-plan.ts';

export type PreviewedCell = InferContractRouterOutputs<typeof contract>['plans']['check'][number];

/** Every check reads the files of the user's models; while somebody types, it waits. */
const typingMs = 350;

/** What a plan will take and what of it cannot be measured here; `plan` null: nothing to ask about. */
export function usePreview(plan: Plan | null) {
  // As text, because an equal plan is no change.
  const [settled] = useDebouncedValue(JSON.stringify(plan ?? emptyPlan), typingMs);
  const input = JSON.parse(settled) as Plan;
  const enabled = plan !== null && input.models.length > 0;
  const options = { enabled, placeholderData: keepPreviousData };
  const estimate = useQuery({ ...api.plans.estimate.queryOptions({ input }), ...options });
  const check = useQuery({ ...api.plans.check.queryOptions({ input }), ...options });
  const isSettled = plan !== null && settled === JSON.stringify(plan) && !check.isFetching && !check.isPlaceholderData;
  return { estimate, check, isSettled };
}

/** Sizes that configurations lack, with the models that need them. */
export function readNeededDimensions(cells: readonly PreviewedCell[]): Map<string, string[]> {
  const needed = new Map<string, string[]>();
  for (const { config, problem } of cells) {
    const names = problem?.code === 'DIMENSION_NEEDED' ? problem.data?.dimensions : undefined;
    if (!Array.isArray(names)) continue;
    for (const name of names.filter((one) => typeof one === 'string')) {
      const models = needed.get(name) ?? [];
      needed.set(name, models.includes(config.model) ? models : [...models, config.model]);
    }
  }
  return needed;
}
