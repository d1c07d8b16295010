import { describe, expect, it } from 'vitest';
import { earlyStoppingEstimate, queriesNeeded } from '../../../src/core/stats/early-stopping.ts';

const OVER_LATENCY = [0, 1, 2, 3, 5, 10, 20, 50];

describe('queries needed by early stopping', () => {
  it.each([
    [50, 0.99, [7, 11, 14, 17, 22, 35, 59, 128]],
    [90, 0.99, [44, 64, 81, 97, 127, 197, 325, 681]],
    [95, 0.99, [90, 130, 165, 198, 259, 398, 656, 1372]],
    [97, 0.99, [152, 219, 277, 332, 433, 667, 1097, 2293]],
    [99, 0.99, [459, 662, 838, 1001, 1307, 2010, 3304, 6898]],
    [99.9, 0.99, [4603, 6636, 8403, 10042, 13105, 20140, 33097, 69058]],
    [90, 0.95, [29, 46, 61, 76, 103, 167, 286, 627]],
    [95, 0.95, [59, 93, 124, 153, 208, 336, 577, 1260]],
    [99, 0.95, [299, 473, 628, 773, 1049, 1693, 2902, 6323]],
    [99.9, 0.95, [2995, 4742, 6294, 7752, 10511, 16959, 29058, 63281]],
  ])('match the published table for p%d at confidence %d', (percentile, confidence, expected) => {
    expect(OVER_LATENCY.map((over) => queriesNeeded(percentile, confidence, over))).toEqual(expected);
  });
});

describe('early-stopping estimate', () => {
  const ascending = (n: number): Float64Array => Float64Array.from({ length: n }, (_, index) => index + 1);

  it('is the slowest query at the smallest sample that allows one slow query', () => {
    expect(earlyStoppingEstimate(ascending(662), 99, 0.99)).toBe(662);
  });

  it('is withheld one query below that sample', () => {
    expect(earlyStoppingEstimate(ascending(661), 99, 0.99)).toBeNull();
    expect(earlyStoppingEstimate(new Float64Array(), 99, 0.99)).toBeNull();
  });

  it('leaves out t - 1 slowest queries when t are allowed', () => {
    expect(earlyStoppingEstimate(ascending(2010), 99, 0.99)).toBe(2010 - 9);
    expect(earlyStoppingEstimate(ascending(2009), 99, 0.99)).toBe(2009 - 8);
  });

  it('lies at or above the percentile that it bounds', () => {
    expect(earlyStoppingEstimate(ascending(100_000), 90, 0.99)).toBeGreaterThan(90_000);
  });
});
