import type { Grade, GradeId } from './plan.ts';

/**
 * The three grades of a run (docs/method/measurement.md). 662 is what p99 needs at 99 % confidence with one query over.
 * Processes share both minima, so that repeating in fresh ones costs little more than starting them.
 */
export const grades: Readonly<Record<GradeId, Grade>> = {
  quick: {
    id: 'quick',
    minDurationS: 10,
    minQueries: 64,
    processes: 1,
    percentiles: [50, 90],
    label: 'exploratory',
  },
  standard: {
    id: 'standard',
    minDurationS: 60,
    minQueries: 662,
    processes: 3,
    percentiles: [50, 90, 95, 99],
    label: 'standard',
  },
  reference: {
    id: 'reference',
    minDurationS: 600,
    minQueries: 662,
    processes: 5,
    percentiles: [50, 90, 95, 99, 99.9],
    label: 'reference',
  },
};
