import type { Plan } from '../../shared/domain/plan.ts';

/** What "Measure this machine" measures: reference models from small to large, the quickest way to a first picture. */
export const machinePlan: Plan = {
  models: ['digits-cnn', 'mobilenet-v2', 'resnet50', 'bert-base'],
  providers: ['cpu'],
  scenario: 'single-stream',
  batches: [1],
  threads: [0],
  grade: 'quick',
  seed: 0,
  dims: {},
  inputs: null,
  repeats: 1,
};
