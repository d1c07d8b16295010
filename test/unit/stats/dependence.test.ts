import { describe, expect, it } from 'vitest';
import { drawAutoregressive } from '../../../scripts/simulated-series.ts';
import {
  autocorrelationTime,
  effectiveSampleSize,
  lag1Autocorrelation,
} from '../../../src/core/stats/autocorrelation.ts';
import { measureDependence } from '../../../src/core/stats/dependence.ts';
import { createSeededRandom } from '../../../src/core/stats/seeded-random.ts';

describe('lag-1 autocorrelation', () => {
  it('of a short series equals the sum of neighbouring products over the sum of squares', () => {
    // Deviations of 1, 2, 4, 1 from their mean 2: -1, 0, 2, -1; products 0 + 0 - 2, squares 6.
    expect(lag1Autocorrelation(Float64Array.of(1, 2, 4, 1))).toBeCloseTo(-2 / 6, 12);
  });

  it('does not exist for a constant or for two values', () => {
    expect(lag1Autocorrelation(new Float64Array(50).fill(3))).toBeNull();
    expect(lag1Autocorrelation(Float64Array.of(1, 2))).toBeNull();
  });
});

describe('effective sample size', () => {
  it('shrinks by (1 - r) / (1 + r) above a correlation of 0.1 and not below', () => {
    expect(effectiveSampleSize(1000, 0.6)).toBeCloseTo(250, 9);
    expect(effectiveSampleSize(1000, 0.1)).toBe(1000);
    expect(effectiveSampleSize(1000, -0.5)).toBe(1000);
  });
});

describe('autocorrelation time', () => {
  it.each([
    [0.3, 13 / 7],
    [0.6, 4],
    [0.9, 19],
  ])('of AR(1) with correlation %d approaches (1 + r) / (1 - r)', (correlation, expected) => {
    const series = drawAutoregressive(100_000, correlation, createSeededRandom(3));
    expect(autocorrelationTime(series) / expected).toBeGreaterThan(0.85);
    expect(autocorrelationTime(series) / expected).toBeLessThan(1.15);
  });

  it('of independent values is close to 1', () => {
    expect(autocorrelationTime(drawAutoregressive(5000, 0, createSeededRandom(4)))).toBeLessThan(1.15);
  });
});

describe('dependence', () => {
  it('takes an independent series for what it is', () => {
    const found = measureDependence(drawAutoregressive(2000, 0, createSeededRandom(1)));
    expect(found).toMatchObject({ correlationTime: 1, slow: false, effectiveSize: 2000 });
  });

  it('is never judged less than lag 1 alone implies', () => {
    const found = measureDependence(drawAutoregressive(2000, 0.6, createSeededRandom(2)));
    const lag1 = found.lag1 ?? 0;
    expect(found.effectiveSize).toBeLessThanOrEqual((2000 * (1 - lag1)) / (1 + lag1));
  });

  it('sees a level that changes slowly although neighbours hardly correlate', () => {
    const series = drawAutoregressive(20_000, 0, createSeededRandom(5)).map(
      (value, index) => value + 0.2 * Math.sin((2 * Math.PI * index) / 20_000),
    );
    const found = measureDependence(series);
    expect(found.lag1).toBeLessThan(0.1);
    expect(found.slow).toBe(true);
    expect(found.effectiveSize).toBeLessThan(2000);
  });

  it('leaves at least six observations to a series that jumps half way', () => {
    const found = measureDependence(Float64Array.from({ length: 900 }, (_, index) => (index < 450 ? 0 : 1)));
    expect(found.effectiveSize).toBe(6);
  });
});
