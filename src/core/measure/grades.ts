import type { Grade, GradeId, WarmUpRule } from '../../shared/domain/plan.ts';

/** The three grades of a run (docs/method/measurement.md). 662 is what p99 needs at 99 % confidence with one query over. */
export const grades: Readonly<Record<GradeId, Grade>> = {
  quick: { id: 'quick', minDurationS: 10, minQueries: 64, percentiles: [50, 90], label: 'exploratory' },
  standard: { id: 'standard', minDurationS: 60, minQueries: 662, percentiles: [50, 90, 95, 99], label: 'standard' },
  reference: {
    id: 'reference',
    minDurationS: 600,
    minQueries: 662,
    percentiles: [50, 90, 95, 99, 99.9],
    label: 'reference',
  },
};

export const defaultWarmUp: WarmUpRule = { minRuns: 10, minS: 2, maxS: 60, tolerance: 0.05 };

/** Most stamps that one series keeps; see docs/adr on the sample limit. */
export const maxKeptSamples = 262_144;
