import type { SampleSeries } from '../../../shared/domain/measurement.ts';

/** One engine's series and when its measured part began, on the clock that all engines share. */
export interface PlacedSeries {
  samples: SampleSeries;
  startedAtNs: bigint;
  durationNs: number;
}

/**
 * Series with one origin, the earliest start, and the interval in which every engine worked: from the latest start to
 * the earliest end. ns.
 */
export function alignSeries(placed: readonly PlacedSeries[]): {
  aligned: SampleSeries[];
  startNs: number;
  endNs: number;
} {
  const starts = placed.map(({ startedAtNs }) => startedAtNs);
  const origin = starts.reduce((earliest, one) => (one < earliest ? one : earliest), starts[0] ?? 0n);
  const offsets = starts.map((one) => Number(one - origin));
  return {
    aligned: placed.map(({ samples }, index) => shift(samples, offsets[index]!)),
    startNs: Math.max(...offsets),
    endNs: Math.min(...placed.map(({ durationNs }, index) => offsets[index]! + durationNs)),
  };
}

function shift({ scheduledNs, issuedNs, completedNs }: SampleSeries, offsetNs: number): SampleSeries {
  const later = (timeNs: number): number => timeNs + offsetNs;
  return {
    scheduledNs: scheduledNs?.map(later) ?? null,
    issuedNs: issuedNs.map(later),
    completedNs: completedNs.map(later),
  };
}

/** The queries of a series that were issued and completed within an interval. */
export function cutSeries(series: SampleSeries, startNs: number, endNs: number): SampleSeries {
  const { issuedNs, completedNs, scheduledNs } = series;
  const isInside = (_: number, index: number): boolean => issuedNs[index]! >= startNs && completedNs[index]! <= endNs;
  return {
    scheduledNs: scheduledNs?.filter(isInside) ?? null,
    issuedNs: issuedNs.filter(isInside),
    completedNs: completedNs.filter(isInside),
  };
}

/** The queries of several series as one, in order of completion. */
export function mergeSeries(series: readonly SampleSeries[]): SampleSeries {
  const queries = series.flatMap(({ issuedNs, completedNs }) =>
    Array.from(issuedNs, (issued, index) => [issued, completedNs[index]!] as const),
  );
  queries.sort(([, left], [, right]) => left - right);
  return {
    scheduledNs: null,
    issuedNs: Float64Array.from(queries, ([issued]) => issued),
    completedNs: Float64Array.from(queries, ([, completed]) => completed),
  };
}
