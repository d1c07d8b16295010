import { describe, expect, it } from 'vitest';
import { mcNemarExact, pairedDifference } from '../../../src/core/stats/paired-proportions.ts';
import { clusteredWilsonInterval, wilsonInterval } from '../../../src/core/stats/proportion.ts';

describe('McNemar, exact', () => {
  // References from scipy.stats.binomtest(b, b + c, 0.5).pvalue.
  it.each([
    [0, 0, 1],
    [1, 7, 0.0703125],
    [12, 2, 0.012939453125],
    [5, 5, 1],
    [0, 6, 0.03125],
  ])('%i against %i', (first, second, pValue) => {
    expect(mcNemarExact(first, second)).toBeCloseTo(pValue, 10);
    expect(mcNemarExact(second, first)).toBeCloseTo(pValue, 10);
  });
});

describe('difference of paired shares', () => {
  it('agrees with published intervals', () => {
    // Fagerland, Lydersen and Laake, Statistics in Medicine 33 (2014) 2850-2875: airway hyper-responsiveness.
    const airways = pairedDifference({ both: 1, onlyFirst: 1, onlySecond: 7, neither: 12 });
    expect(airways.value).toBeCloseTo(-6 / 21, 12);
    expect(airways.interval.low).toBeCloseTo(-0.507, 3);
    expect(airways.interval.high).toBeCloseTo(-0.026, 3);
    // Altman et al., Statistics with confidence (2000), p. 52: 20, 12, 2, 16.
    const altman = pairedDifference({ both: 20, onlyFirst: 12, onlySecond: 2, neither: 16 });
    expect(altman.interval.low).toBeCloseTo(0.056, 3);
    expect(altman.interval.high).toBeCloseTo(0.329, 3);
  });

  it('has an interval with a width where both are always right', () => {
    const { value, interval } = pairedDifference({ both: 100, onlyFirst: 0, onlySecond: 0, neither: 0 });
    expect(value).toBe(0);
    // Nothing correlates then, and Wilson's distance at 100 of 100 is 0.037.
    expect(interval.low).toBeCloseTo(-0.037, 3);
    expect(interval.high).toBeCloseTo(0.037, 3);
  });

  it('contains the true difference about as often as it says', () => {
    // All outcomes of 30 samples with the probabilities 0.6, 0.15, 0.1, 0.15, weighted by how likely they are.
    const [p, n] = [[0.6, 0.15, 0.1, 0.15] as const, 30];
    const logFactorial = (count: number) =>
      Array.from({ length: count }, (_, i) => Math.log(i + 1)).reduce((a, b) => a + b, 0);
    let covered = 0;
    for (let both = 0; both <= n; both++) {
      for (let first = 0; first <= n - both; first++) {
        for (let second = 0; second <= n - both - first; second++) {
          const counts = [both, first, second, n - both - first - second] as const;
          const { interval } = pairedDifference({ both, onlyFirst: first, onlySecond: second, neither: counts[3] });
          if (interval.low! > 0.05 || interval.high! < 0.05) continue;
          const logs = counts.map((count, index) => count * Math.log(p[index]!) - logFactorial(count));
          covered += Math.exp(logFactorial(n) + logs.reduce((a, b) => a + b, 0));
        }
      }
    }
    expect(covered).toBeGreaterThan(0.94);
    expect(covered).toBeLessThan(0.985);
  });
});

describe('share of clustered trials', () => {
  it('is as wide as the number of samples allows where the positions of each agree', () => {
    const clusters = Array.from({ length: 20 }, (_, index) => (index < 15 ? 50 : 0));
    const interval = clusteredWilsonInterval(clusters, 50)!;
    const samples = wilsonInterval(15, 20);
    expect(interval.low).toBeCloseTo(samples.low, 2);
    expect(interval.high).toBeCloseTo(samples.high, 2);
  });

  it('is as narrow as independent trials where they spread like these', () => {
    const clusters = Array.from({ length: 40 }, (_, index) => 50 + ((index * 7) % 11) - 5);
    const total = clusters.reduce((sum, count) => sum + count, 0);
    expect(clusteredWilsonInterval(clusters, 100)).toMatchObject({ low: wilsonInterval(total, 4000).low });
  });

  it('counts samples where all agree, and says nothing about one', () => {
    expect(clusteredWilsonInterval([8, 8, 8, 8], 8)).toMatchObject({ low: wilsonInterval(4, 4).low, high: 1 });
    expect(clusteredWilsonInterval([8], 8)).toBeNull();
  });
});
