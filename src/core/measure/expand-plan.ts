import type { CellConfig, Plan } from '../../shared/domain/plan.ts';

/** The configurations of a plan in the order in which they are measured: model, provider, threads, batch. */
export function expandPlan(plan: Plan): CellConfig[] {
  const { scenario, dims, seed } = plan;
  return plan.models.flatMap((model) =>
    plan.providers.flatMap((provider) =>
      plan.threads.flatMap((threads) =>
        plan.batches.map((batch) => ({ model, provider, scenario, batch, threads, dims, seed })),
      ),
    ),
  );
}
