import { describe, expect, it } from 'vitest';
import {
  intervalRanks,
  percentileInterval,
  percentileOfSorted,
  percentileRank,
  queriesForInterval,
} from '../../../src/core/stats/percentile-interval.ts';
import { queriesNeeded } from '../../../src/core/stats/early-stopping.ts';

const ascending = (n: number): Float64Array => Float64Array.from({ length: n }, (_, index) => index + 1);

describe('ranks of a 95 % interval', () => {
  it.each([
    [100, 50, 40, 61],
    [100, 90, 84, 96],
    [100, 99, 97, null],
    [100, 99.9, 99, null],
    [300, 90, 259, 281],
    [300, 99, 293, null],
    [500, 99, 490, 500],
    [1000, 50, 469, 532],
    [1000, 90, 881, 919],
    [1000, 95, 936, 964],
    [1000, 99, 983, 997],
    [3000, 99, 2959, 2981],
    [5000, 99.9, 4990, 5000],
    [10_000, 99, 9880, 9920],
    [10_000, 99.9, 9983, 9997],
  ])('are the tabulated ones for n = %d and p%d', (n, percentile, low, high) => {
    expect(intervalRanks(n, percentile, 0.95)).toEqual({ low, high });
  });

  it.each([
    [50, 6],
    [90, 36],
    [95, 72],
    [99, 368],
    [99.9, 3688],
  ])('exist on both sides of p%d from n = %d on and not below', (percentile, smallest) => {
    expect(queriesForInterval(percentile, 0.95)).toBe(smallest);
    expect(Object.values(intervalRanks(smallest, percentile, 0.95))).not.toContain(null);
    expect(Object.values(intervalRanks(smallest - 1, percentile, 0.95))).toContain(null);
  });

  it.each([
    [90, 29],
    [95, 59],
    [99, 299],
    [99.9, 2995],
  ])('need for a single upper bound of p%d the %d queries of early stopping without a slow one', (percentile, n) => {
    const upperBoundExists = (size: number): boolean => intervalRanks(size, percentile, 0.9).high !== null;
    expect([upperBoundExists(n - 1), upperBoundExists(n)]).toEqual([false, true]);
    expect(queriesNeeded(percentile, 0.95, 0)).toBe(n);
  });
});

describe('a percentile', () => {
  it('is the nearest-rank order statistic, also where binary fractions round', () => {
    expect([percentileRank(1000, 99.9), percentileRank(10, 50), percentileRank(11, 50), percentileRank(1, 99)]).toEqual(
      [999, 5, 6, 1],
    );
  });

  it('of nothing is refused', () => {
    expect(() => percentileOfSorted(new Float64Array(), 50)).toThrow();
  });
});

describe('a percentile interval', () => {
  it('has the exact ranks when all observations are independent', () => {
    expect(percentileInterval(ascending(1000), 50, 0.95, 1000)).toEqual({ low: 469, high: 532 });
  });

  it('stretches the ranks of a smaller effective sample over the whole sample', () => {
    const { low, high } = percentileInterval(ascending(1000), 50, 0.95, 100);
    expect(low).toBe(Math.floor((40 * 1001) / 101));
    expect(high).toBe(Math.ceil((61 * 1001) / 101));
  });

  it('has no upper bound, rather than the maximum, where the effective sample is too small', () => {
    const { low, high } = percentileInterval(ascending(1000), 99, 0.95, 300);
    expect(low).not.toBeNull();
    expect(high).toBeNull();
  });
});
