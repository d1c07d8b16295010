import type { CellConfig, Plan } from '../../../shared/domain/plan.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';

/**
 * Chooses what to measure next from the plan and every configuration of the run so far, in order; none: the run is
 * complete. It keeps nothing of its own, so a run that is resumed goes on where its results end.
 */
export type PlanNext = (plan: Plan, records: readonly CellRecord[]) => CellConfig[];

/** Declares a search; it becomes available with its line in the registry. */
export function defineSearch(planNext: PlanNext): PlanNext {
  return planNext;
}
