import { defaultSpeedRules, type SpeedRules } from '../../src/core/compare/speed/measure-speed.ts';
import type { ComparisonPlan } from '../../src/shared/domain/comparison.ts';

/** Rules with which a comparison ends within seconds; what it says of speed means nothing. */
export const shortRules: SpeedRules = {
  ...defaultSpeedRules,
  warmUp: { minRuns: 2, minS: 0.02, maxS: 0.05, tolerance: 0.5 },
  block: { blockS: 0.002, minQueries: 3 },
  blockInTurnS: 0.01,
  quietS: 0,
  withHarness: false,
};

/** A model against itself on the CPU, on one thread. */
export function shortComparison(changes: Partial<ComparisonPlan> = {}): ComparisonPlan {
  const side = { model: 'digits-cnn', provider: 'cpu', threads: 1 } as const;
  return {
    baseline: side,
    candidates: [side],
    batch: 1,
    dims: {},
    seed: 7,
    margin: 0.02,
    maxDurationS: 0.5,
    data: null,
    ...changes,
  };
}
