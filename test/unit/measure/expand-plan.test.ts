import { expect, it } from 'vitest';
import { expandPlan, toCommand } from '../../../src/core/measure/expand-plan.ts';
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

it('gives the command that repeats one configuration, quoted for a shell', () => {
  const plan = shortPlan({
    models: ["/models/my model's.onnx"],
    threads: [2],
    dims: { sequence: 64 },
    repeats: 3,
    override: { minDurationS: 0.3 },
  });
  const [config] = expandPlan(plan);
  if (config === undefined) throw new Error('no configuration');
  expect(toCommand(plan, config)).toBe(
    "inferometer run '/models/my model'\\''s.onnx' --provider cpu --scenario single-stream --batch 1 --threads 2 --grade quick --seed 7 --repeats 3 --dim sequence=64 --override '{\"minDurationS\":0.3}'",
  );
});
