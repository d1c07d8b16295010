import { describe, expect, it } from 'vitest';
import { alignSeries, cutSeries, mergeSeries } from '../../../src/core/measure/instances/common-interval.ts';
import {
  compareWithSingle,
  judgeFairness,
  sumThroughput,
} from '../../../src/core/measure/instances/scale-instances.ts';
import type { Reading } from '../../../src/shared/domain/provenance.ts';
import type { SampleSeries } from '../../../src/shared/domain/measurement.ts';

/** Queries of `eachNs` back to back. */
function steady(queries: number, eachNs: number): SampleSeries {
  const issuedNs = Float64Array.from({ length: queries }, (_, index) => index * eachNs);
  return { scheduledNs: null, issuedNs, completedNs: issuedNs.map((issued) => issued + eachNs) };
}

function rate(value: number): Reading {
  return { value, unit: 'samples/s', kind: 'measured', interval: null, n: 10 };
}

describe('engines that work at once', () => {
  it('count over the time in which all of them did, on one clock', () => {
    const placed = [
      { samples: steady(10, 1e6), startedAtNs: 5_000_000n, durationNs: 10e6 },
      { samples: steady(10, 1e6), startedAtNs: 7_500_000n, durationNs: 10e6 },
    ];
    const { aligned, startNs, endNs } = alignSeries(placed);
    expect([startNs, endNs]).toEqual([2.5e6, 10e6]);
    const [first, second] = aligned.map((series) => cutSeries(series, startNs, endNs));
    expect([...first!.issuedNs]).toEqual([3e6, 4e6, 5e6, 6e6, 7e6, 8e6, 9e6]);
    expect(second!.issuedNs).toHaveLength(7);
    const merged = mergeSeries([first!, second!]);
    expect(merged.completedNs).toEqual(merged.completedNs.slice().sort());
    expect(merged.completedNs).toHaveLength(14);
  });

  it('reach together the rate of all their answers', () => {
    const context = {
      samplesPerQuery: 2,
      totalQueries: 1000,
      keptEvery: 1,
      durationNs: 1e9,
      percentiles: [],
      seed: 1,
    };
    const shifted = steady(1000, 1e6);
    const series = [
      { series: steady(1000, 1e6), context },
      { series: { ...shifted, completedNs: shifted.completedNs.map((time) => time + 0.5e6) }, context },
    ];
    // Two answers of two samples each millisecond.
    expect(sumThroughput(series, [rate(2000), rate(2000)])?.value).toBeCloseTo(4000, 0);
    const sampled = series.map((one) => ({ ...one, context: { ...context, keptEvery: 4 } }));
    expect(sumThroughput(sampled, [rate(2000), rate(1900)])?.value).toBe(3900);
  });

  it('are fair when none gets more than another', () => {
    expect(judgeFairness([rate(5), rate(5), rate(5)])).toEqual({ minOverMax: 1, jain: 1 });
    expect(judgeFairness([rate(3), rate(1)])).toEqual({ minOverMax: 1 / 3, jain: 16 / 20 });
    expect(judgeFairness([rate(3), null])).toBeNull();
  });

  it('are compared with one alone per instance only where it has as many threads', () => {
    const both = { ...rate(180), interval: { low: 170, high: 190, level: 0.95, method: '' } };
    const alone = { ...rate(100), interval: { low: 98, high: 102, level: 0.95, method: '' } };
    const single = compareWithSingle(both, alone, 2, true);
    expect(single?.gain.value).toBeCloseTo(1.8);
    expect(single?.efficiency?.value).toBeCloseTo(0.9);
    expect(single?.gain.interval?.low).toBeLessThan(1.8);
    expect(single?.gain.interval?.high).toBeGreaterThan(1.8);
    expect(compareWithSingle(both, alone, 2, false)?.efficiency).toBeNull();
    expect(compareWithSingle(both, null, 2, true)).toBeNull();
  });
});
