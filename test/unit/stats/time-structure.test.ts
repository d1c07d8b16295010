import { describe, expect, it } from 'vitest';
import { drawAutoregressive } from '../../../scripts/simulated-series.ts';
import { findChangePoint } from '../../../src/core/stats/change-point.ts';
import { detectDrift } from '../../../src/core/stats/drift.ts';
import { countOutliers } from '../../../src/core/stats/outliers.ts';
import { createSeededRandom } from '../../../src/core/stats/seeded-random.ts';

const NS_PER_MS = 1e6;

/** Latencies around 1 ms with 3 % noise, times a level that depends on the share of the run that has passed. */
function simulate(n: number, seed: number, level: (share: number) => number, correlation = 0) {
  const latencies = drawAutoregressive(n, correlation, createSeededRandom(seed)).map(
    (value, index) => NS_PER_MS * Math.exp(0.03 * value) * level(index / n),
  );
  const times = latencies.map((_, index) => index * NS_PER_MS);
  return { latencies, times };
}

/** Share of 200 series that are flagged. */
function falseAlarms(n: number, correlation: number, flags: (latencies: Float64Array, times: Float64Array) => boolean) {
  let flagged = 0;
  for (let seed = 0; seed < 200; seed += 1) {
    const { latencies, times } = simulate(n, seed, () => 1, correlation);
    if (flags(latencies, times)) flagged += 1;
  }
  return flagged / 200;
}

describe('drift', () => {
  it('finds the slope of a straight line exactly', () => {
    const times = Float64Array.from({ length: 60 }, (_, index) => index * 1e9);
    const drift = detectDrift(
      times.map((_, index) => 100 + index),
      times,
      0.95,
    );
    expect(drift?.slopePerS).toBeCloseTo(1 / 129, 6);
    expect(drift?.flagged).toBe(true);
  });

  it('flags a rise of 10 % over a long run and encloses its slope', () => {
    const { latencies, times } = simulate(6000, 2, (share) => 1 + 0.1 * share);
    const drift = detectDrift(latencies, times, 0.95);
    expect(drift?.flagged).toBe(true);
    expect(drift?.windows).toBe(300);
    const expectedPerS = 0.1 / 1.05 / 6;
    expect(drift?.lowPerS).toBeLessThan(expectedPerS);
    expect(drift?.highPerS).toBeGreaterThan(expectedPerS);
  });

  it('does not flag a certain but small rise', () => {
    const { latencies, times } = simulate(20_000, 3, (share) => 1 + 0.015 * share);
    const drift = detectDrift(latencies, times, 0.95);
    expect(drift?.lowPerS).toBeGreaterThan(0);
    expect(drift?.flagged).toBe(false);
  });

  it('rarely flags a level run, correlated or not', () => {
    const flags = (latencies: Float64Array, times: Float64Array): boolean =>
      detectDrift(latencies, times, 0.95)?.flagged ?? false;
    expect(falseAlarms(200, 0, flags)).toBeLessThanOrEqual(0.06);
    expect(falseAlarms(200, 0.6, flags)).toBeLessThanOrEqual(0.1);
  });

  it('is not judged on fewer than ten values', () => {
    expect(detectDrift(new Float64Array(9).fill(1), new Float64Array(9), 0.95)).toBeNull();
  });
});

describe('change of level', () => {
  it('is found where it is', () => {
    const { latencies, times } = simulate(3000, 4, (share) => (share < 0.3 ? 1.1 : 1));
    const found = findChangePoint(latencies, times, createSeededRandom(1));
    expect(found?.atIndex).toBeGreaterThan(880);
    expect(found?.atIndex).toBeLessThan(920);
    expect((found?.medianAfterNs ?? 0) / (found?.medianBeforeNs ?? 1)).toBeCloseTo(1 / 1.1, 1);
  });

  it('is found close to the start, where warm-up was too short', () => {
    const { latencies, times } = simulate(3000, 5, (share) => (share < 0.04 ? 1.2 : 1));
    expect(findChangePoint(latencies, times, createSeededRandom(1))?.atIndex).toBeLessThan(150);
  });

  it('is not reported under 2 %', () => {
    const { latencies, times } = simulate(30_000, 6, (share) => (share < 0.5 ? 1.01 : 1));
    expect(findChangePoint(latencies, times, createSeededRandom(1))).toBeNull();
  });

  it('is not made of a few slow queries', () => {
    const { latencies, times } = simulate(300, 7, () => 1);
    latencies.fill(50 * NS_PER_MS, 100, 103);
    expect(findChangePoint(latencies, times, createSeededRandom(1))).toBeNull();
  });

  it('is rarely seen in a level run, correlated or not', () => {
    const flags = (latencies: Float64Array, times: Float64Array): boolean =>
      findChangePoint(latencies, times, createSeededRandom(9)) !== null;
    expect(falseAlarms(100, 0, flags)).toBeLessThanOrEqual(0.03);
    expect(falseAlarms(200, 0.6, flags)).toBeLessThanOrEqual(0.06);
  });
});

describe('outliers', () => {
  it('are counted by side and severity', () => {
    const bulk = Array.from({ length: 100 }, (_, index) => 100 + (index % 11));
    const sorted = Float64Array.from([...bulk, 60, 85, 125, 126, 190]).sort();
    expect(countOutliers(sorted)).toEqual({ lowSevere: 1, lowMild: 1, highMild: 2, highSevere: 1 });
  });

  it('do not exist in a constant or empty series', () => {
    const none = { lowSevere: 0, lowMild: 0, highMild: 0, highSevere: 0 };
    expect(countOutliers(new Float64Array(20).fill(5))).toEqual(none);
    expect(countOutliers(new Float64Array())).toEqual(none);
  });
});
