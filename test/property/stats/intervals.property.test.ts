import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queriesNeeded } from '../../../src/core/stats/early-stopping.ts';
import { measureDependence } from '../../../src/core/stats/dependence.ts';
import {
  percentileInterval,
  percentileOfSorted,
  queriesForInterval,
} from '../../../src/core/stats/percentile-interval.ts';
import { readPercentiles } from '../../../src/core/stats/read-percentiles.ts';

const latencies = fc
  .array(fc.double({ min: 1, max: 1e9, noNaN: true }), { minLength: 6, maxLength: 400 })
  .map((values) => Float64Array.from(values));
const percentile = fc.constantFrom(50, 90, 95, 99);

describe('percentile intervals', () => {
  it('enclose the percentile with observed values', () => {
    fc.assert(
      fc.property(latencies, percentile, (values, wanted) => {
        const sorted = values.slice().sort();
        for (const reading of readPercentiles(values, sorted, [wanted], [0])) {
          if (reading.status === 'unearned') {
            expect(reading.neededN).toBeGreaterThanOrEqual(queriesForInterval(wanted, 0.95));
            continue;
          }
          const { low, high } = reading.reading.interval ?? {};
          expect(low).toBeLessThanOrEqual(reading.reading.value);
          expect(high).toBeGreaterThanOrEqual(reading.reading.value);
          expect(sorted).toContain(low);
          expect(sorted).toContain(high);
        }
      }),
    );
  });

  it('never narrow when the effective sample shrinks', () => {
    fc.assert(
      fc.property(latencies, percentile, fc.double({ min: 0.05, max: 1, noNaN: true }), (values, wanted, share) => {
        const sorted = values.slice().sort();
        const full = percentileInterval(sorted, wanted, 0.95, sorted.length);
        const less = percentileInterval(sorted, wanted, 0.95, share * sorted.length);
        expect(less.low ?? -Infinity).toBeLessThanOrEqual(full.low ?? -Infinity);
        expect(less.high ?? Infinity).toBeGreaterThanOrEqual(full.high ?? Infinity);
      }),
    );
  });

  it('do not depend on the unit of time', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const scaled = values.map((value) => value * 1024);
        const median = (series: Float64Array) => percentileOfSorted(series.slice().sort(), 50);
        expect(median(scaled)).toBe(median(values) * 1024);
        expect(measureDependence(scaled).effectiveSize).toBeCloseTo(measureDependence(values).effectiveSize, 6);
      }),
    );
  });
});

describe('early stopping', () => {
  it('needs more queries for every further slow one and for more confidence', () => {
    fc.assert(
      fc.property(percentile, fc.integer({ min: 0, max: 60 }), (wanted, overLatency) => {
        const needed = queriesNeeded(wanted, 0.95, overLatency);
        expect(queriesNeeded(wanted, 0.95, overLatency + 1)).toBeGreaterThan(needed);
        expect(queriesNeeded(wanted, 0.99, overLatency)).toBeGreaterThan(needed);
      }),
    );
  });
});
