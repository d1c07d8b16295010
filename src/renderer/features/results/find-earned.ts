import type { Percentile } from '../../../shared/domain/measurement.ts';
import type { Reading } from '../../../shared/domain/provenance.ts';

/** A percentile as a reading; null where the sample does not earn it or nobody asked for it. */
export function findEarned(percentiles: readonly Percentile[], wanted: number): Reading | null {
  const found = percentiles.find(({ percentile }) => percentile === wanted);
  return found?.status === 'earned' ? found.reading : null;
}
