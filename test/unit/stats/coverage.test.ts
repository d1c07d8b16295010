import { describe, expect, it } from 'vitest';
import { measureCoverage, missEachOther } from '../../../scripts/coverage-simulation.ts';
import { simulatedSeries } from '../../../scripts/simulated-series.ts';

// 1,000 draws have a standard error of 0.7 points; the full table over 10,000 is in docs/method/statistics.md.
describe('coverage of 95 % intervals at the smallest standard run', () => {
  it.each(simulatedSeries)('holds for $name', (series) => {
    const { median, mean } = measureCoverage(series, 662, 1000, 42);
    expect(median.covered).toBeGreaterThan(0.925);
    expect(median.covered).toBeLessThan(0.98);
    expect(mean.covered).toBeGreaterThan(0.905);
    expect(mean.covered).toBeLessThan(0.975);
  });
});

describe('two runs of the same wandering machine', () => {
  it('miss each other far less often than intervals for independent samples do', () => {
    const { product, independent } = missEachOther(0.02, 2000, 100, 3);
    expect(product).toBeLessThan(0.25);
    expect(independent).toBeGreaterThan(0.5);
  });

  it('hardly ever miss each other when the machine is steady', () => {
    expect(missEachOther(0, 2000, 100, 3).product).toBeLessThanOrEqual(0.03);
  });
});
