import { expect, it } from 'vitest';
import { narrowPlan, toCommand, toTypable } from '../../../src/shared/command.ts';
import { shortPlan } from '../../support/short-plan.ts';

it('gives the command that measures a plan, quoted for a shell', () => {
  const plan = shortPlan({
    models: ["/models/my model's.onnx", 'mlp-tabular'],
    batches: [1, 4],
    threads: [0, 2],
    dims: { sequence: 64 },
    repeats: 3,
    override: { minDurationS: 0.3 },
  });
  expect(toCommand(plan)).toBe(
    "inferometer run '/models/my model'\\''s.onnx' mlp-tabular --provider cpu --scenario single-stream --batch 1,4 --threads 0,2 --grade quick --seed 7 --repeats 3 --dim sequence=64 --override '{\"minDurationS\":0.3}'",
  );
});

it('gives the command of one configuration of a plan', () => {
  const plan = shortPlan({ models: ['a', 'b'], batches: [1, 4], threads: [2, 4] });
  const config = { model: 'b', provider: 'cpu', scenario: 'offline', batch: 4, threads: 2, dims: {}, seed: 9 } as const;
  expect(toCommand(narrowPlan(plan, config))).toMatch(
    /^inferometer run b --provider cpu --scenario offline --batch 4 --threads 2 --grade quick --seed 9/,
  );
});

it('says how a stored command is typed in a clone and for data that lies elsewhere', () => {
  const stored = 'inferometer run inferometer-net --provider cpu';
  const clone = { invocation: 'npm run -s inferometer --', options: "--data-dir '/my data'" };
  expect(toTypable(stored, clone)).toBe(
    "npm run -s inferometer -- --data-dir '/my data' run inferometer-net --provider cpu",
  );
  expect(toTypable(stored, { invocation: 'inferometer', options: '' })).toBe(stored);
});

it('repeats one configuration of a scenario with what it varies, and the instances that it had', () => {
  const text = { models: ['m'], decode: { promptTokens: [32, 128], newTokens: 64 } };
  const base = { model: 'm', provider: 'cpu', batch: 1, threads: 1, dims: {}, seed: 7 } as const;
  expect(
    toCommand(
      narrowPlan(shortPlan({ ...text, scenario: 'decode' }), {
        ...base,
        scenario: 'decode',
        decode: { promptTokens: 128, newTokens: 64 },
      }),
    ),
  ).toContain('--scenario decode --batch 1 --threads 1 --prompt-tokens 128 --new-tokens 64 ');
  expect(
    toCommand(
      narrowPlan(shortPlan({ models: ['m'], scenario: 'idle-gap' }), { ...base, scenario: 'idle-gap', pauseMs: 0.5 }),
    ),
  ).toContain('--pause-ms 0.5 ');
  const several = shortPlan({ models: ['m'], scenario: 'offline', instances: [1, 2], oversubscribe: true });
  const both = toCommand(narrowPlan(several, { ...base, scenario: 'offline', instances: 2 }));
  expect(both).toContain('--instances 2 --oversubscribe ');
  expect(toCommand(narrowPlan(several, { ...base, scenario: 'offline' }))).not.toContain('--instances');
});

it('gives the command of a search, with everything that it searches among', () => {
  const plan = shortPlan({
    models: ['a', 'a-int8'],
    scenario: 'offline',
    batches: [1, 8],
    threads: [0],
    serviceLevel: { percentile: 90, latencyMs: 20 },
    search: { kind: 'tune', objective: 'cost' },
  });
  expect(toCommand(plan)).toMatch(
    /^inferometer tune a a-int8 --provider cpu --batch 1,8 --threads 0 --instances 1 --objective cost --slo-ms 20 --percentile 90 --grade quick/,
  );
});
