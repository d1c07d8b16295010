import type { Plan } from '../../../shared/domain/plan.ts';

/** Stands where there is nothing to ask about; it is never sent. */
export const emptyPlan: Plan = {
  models: [],
  providers: [],
  scenario: 'single-stream',
  batches: [],
  threads: [],
  grade: 'quick',
  seed: 0,
  dims: {},
  inputs: null,
  repeats: 1,
};
