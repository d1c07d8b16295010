import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toChartSeries } from '../../../src/core/report/chart-series.ts';

const latencies = fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 300 });

function toSeries(values: readonly number[], scheduled: boolean) {
  const issuedNs = Float64Array.from(values, (_, index) => 1000 * index);
  // A late start counts into the latency of a query that had a schedule.
  const scheduledNs = scheduled ? issuedNs.map((issued) => issued - 10) : null;
  const completedNs = Float64Array.from(values, (value, index) => 1000 * index + value - (scheduled ? 10 : 0));
  return { scheduledNs, issuedNs, completedNs };
}

describe('a series thinned out for a chart', () => {
  it('keeps the extremes, and slices that cover all of it in order', () => {
    fc.assert(
      fc.property(latencies, fc.integer({ min: 2, max: 400 }), fc.boolean(), (values, points, scheduled) => {
        const { n, overTime, distribution } = toChartSeries(toSeries(values, scheduled), points);
        const slices = Math.min(points, values.length);
        expect([n, overTime.fromNs.length, distribution.share.length]).toEqual([values.length, slices, slices]);
        expect(Math.min(...overTime.minNs)).toBe(Math.min(...values));
        expect(Math.max(...overTime.maxNs)).toBe(Math.max(...values));
        expect(distribution.latencyNs).toEqual(distribution.latencyNs.toSorted((left, right) => left - right));
        if (slices > 1)
          expect([distribution.latencyNs.at(-1), distribution.share.at(-1)]).toEqual([Math.max(...values), 1]);
        expect(
          overTime.medianNs.every((median, at) => median >= overTime.minNs[at]! && median <= overTime.maxNs[at]!),
        ).toBe(true);
      }),
    );
  });

  it('is the series itself where there are points enough', () => {
    const { overTime, distribution } = toChartSeries(toSeries([30, 10, 20], false), 10);
    expect(overTime).toEqual({
      fromNs: [0, 1000, 2000],
      minNs: [30, 10, 20],
      medianNs: [30, 10, 20],
      maxNs: [30, 10, 20],
    });
    expect(distribution).toEqual({ latencyNs: [10, 20, 30], share: [1 / 3, 2 / 3, 1] });
  });

  it('is empty for an empty series', () => {
    expect(toChartSeries(toSeries([], false), 10)).toMatchObject({ n: 0, distribution: { latencyNs: [], share: [] } });
  });
});
