import type { WarmUpRule } from '../../shared/domain/plan.ts';

/** When a model counts as warm, unless a plan says otherwise. */
export const defaultWarmUp: WarmUpRule = { minRuns: 10, minS: 2, maxS: 60, tolerance: 0.05 };

/** Most stamps that one series keeps; see docs/adr on the sample limit. */
export const maxKeptSamples = 262_144;
