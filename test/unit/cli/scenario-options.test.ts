import { describe, expect, it } from 'vitest';
import { toScenario, type ScenarioOptions } from '../../../src/cli/actions/scenario-options.ts';
import { describeScenario, hasRate } from '../../../src/cli/output/scenario-rows.ts';

const none = { oversubscribe: false };

function refusal(options: ScenarioOptions): string {
  try {
    toScenario(options);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'not refused';
}

describe('options of scenarios', () => {
  it('leave out of a plan what was not asked for', () => {
    expect(toScenario({ ...none, scenario: 'single-stream', instances: [1] })).toEqual({});
    expect(toScenario({ ...none, scenario: 'decode' })).toEqual({});
  });

  it('become the fields of the plan', () => {
    expect(toScenario({ scenario: 'offline', instances: [1, 2], oversubscribe: true })).toEqual({
      instances: [1, 2],
      oversubscribe: true,
    });
    expect(toScenario({ ...none, scenario: 'idle-gap', pauseMs: [0, 5] })).toEqual({ pausesMs: [0, 5] });
    expect(toScenario({ ...none, scenario: 'decode', promptTokens: [8] })).toEqual({
      decode: { promptTokens: [8], newTokens: 64 },
    });
  });

  it('are refused in a scenario that has no use for them', () => {
    expect(refusal({ ...none, scenario: 'offline', pauseMs: [3] })).toBe(
      '--pause-ms belongs to the scenario idle-gap.',
    );
    expect(refusal({ ...none, scenario: 'server', newTokens: 3 })).toBe('--new-tokens belongs to the scenario decode.');
  });
});

it('describes a configuration by what its scenario varies', () => {
  const base = { model: 'm', provider: 'cpu', batch: 1, threads: 1, dims: {}, seed: 7 } as const;
  expect(describeScenario({ ...base, scenario: 'offline', instances: 2 })).toEqual(['2 instances']);
  expect(describeScenario({ ...base, scenario: 'idle-gap', pauseMs: 0 })).toEqual(['pause none']);
  expect(describeScenario({ ...base, scenario: 'decode', decode: { promptTokens: 32, newTokens: 64 } })).toEqual([
    '32 + 64 tokens',
  ]);
  expect(hasRate({ scenario: 'idle-gap' })).toBe(false);
});
