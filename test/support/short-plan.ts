import type { Plan } from '../../src/shared/domain/plan.ts';

/** A plan that ends within a second or two; its results say that the rules of the grade were changed. */
export function shortPlan(changes: Partial<Plan> & Pick<Plan, 'models'>): Plan {
  return {
    providers: ['cpu'],
    scenario: 'single-stream',
    batches: [1],
    threads: [1],
    grade: 'quick',
    seed: 7,
    dims: {},
    inputs: null,
    repeats: 1,
    override: { minDurationS: 0.3, minQueries: 64, warmUp: { minRuns: 10, minS: 0.05, maxS: 0.2, tolerance: 0.5 } },
    ...changes,
  };
}
