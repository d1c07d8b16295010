import { expect, it } from 'vitest';
import { expandPlan } from '../../../src/core/measure/expand-plan.ts';
import { shortPlan } from '../../support/short-plan.ts';

it('has one configuration for each combination, batches innermost', () => {
  const configs = expandPlan(shortPlan({ models: ['a', 'b'], batches: [1, 8], threads: [0, 2] }));
  expect(configs.map(({ model, threads, batch }) => `${model} ${threads} ${batch}`)).toEqual([
    'a 0 1',
    'a 0 8',
    'a 2 1',
    'a 2 8',
    'b 0 1',
    'b 0 8',
    'b 2 1',
    'b 2 8',
  ]);
});
