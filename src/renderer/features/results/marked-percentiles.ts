import type { MarkedPercentile } from '../../../shared/charts/distribution.ts';
import type { SeriesSummary } from '../../../shared/domain/measurement.ts';

/** The percentiles that charts mark: those that the sample earns. */
export function toMarkedPercentiles(summary: SeriesSummary | undefined): MarkedPercentile[] {
  return (summary?.percentiles ?? []).flatMap((one) => {
    if (one.status === 'unearned') return [];
    const { value, interval } = one.reading;
    return [
      {
        percentile: one.percentile,
        latencyNs: value,
        lowNs: interval?.low ?? null,
        highNs: interval?.high ?? null,
      },
    ];
  });
}
