import { describe, expect, it } from 'vitest';
import { drawAutoregressive } from '../../../scripts/simulated-series.ts';
import {
  betweenProcessSpread,
  processMeanInterval,
  processPercentileInterval,
} from '../../../src/core/stats/between-process.ts';
import { meanInterval } from '../../../src/core/stats/block-bootstrap.ts';
import { measureDependence } from '../../../src/core/stats/dependence.ts';
import { createSeededRandom } from '../../../src/core/stats/seeded-random.ts';

function intervalOf(values: Float64Array, seed = 1) {
  return meanInterval(values, measureDependence(values), createSeededRandom(seed), 0.95);
}

function widthOf(values: Float64Array): number {
  const found = intervalOf(values);
  if (found === null) throw new Error('No interval was given.');
  return found.high - found.low;
}

describe('block bootstrap interval of a mean', () => {
  const independent = drawAutoregressive(2000, 0, createSeededRandom(11)).map((value) => 10 + value);

  it('repeats exactly for a seed and differs for another', () => {
    expect(intervalOf(independent, 5)).toEqual(intervalOf(independent, 5));
    expect(intervalOf(independent, 6)).not.toEqual(intervalOf(independent, 5));
  });

  it('has the width of the normal interval for independent values', () => {
    expect(widthOf(independent) / (2 * 1.96 * Math.sqrt(1 / 2000))).toBeGreaterThan(0.8);
    expect(widthOf(independent) / (2 * 1.96 * Math.sqrt(1 / 2000))).toBeLessThan(1.25);
  });

  it('scales with the unit', () => {
    expect(widthOf(independent.map((value) => 1000 * value)) / widthOf(independent)).toBeCloseTo(1000, 3);
  });

  it('is wider by the root of the correlation time for correlated values', () => {
    const correlated = drawAutoregressive(20_000, 0.9, createSeededRandom(12));
    const ratio = widthOf(correlated) / (2 * 1.96 * Math.sqrt(19 / 20_000));
    expect(ratio).toBeGreaterThan(0.75);
    expect(ratio).toBeLessThan(1.35);
  });

  it('is withheld for few or constant values', () => {
    expect(intervalOf(independent.slice(0, 12))).toBeNull();
    expect(intervalOf(new Float64Array(500).fill(7))).toBeNull();
    expect(intervalOf(new Float64Array())).toBeNull();
  });
});

describe('interval between processes', () => {
  it('is Student t over the process means', () => {
    // Mean 3, standard deviation 1.5811, t(4, 0.975) = 2.776445: 3 -+ 1.963243.
    const { mean, low, high } = processMeanInterval(Float64Array.of(1, 2, 3, 4, 5), 0.95);
    expect(mean).toBe(3);
    expect(low).toBeCloseTo(3 - 1.963243, 5);
    expect(high).toBeCloseTo(3 + 1.963243, 5);
  });

  it('of a percentile is Student t on logarithms, so it scales with the unit and never reaches zero', () => {
    // ln 1, ln 2, ln 4: mean ln 2, standard deviation ln 2, t(2, 0.975) = 4.302653; reach 4.302653 ln 2 / sqrt 3.
    const reach = Math.exp((4.302653 * Math.LN2) / Math.sqrt(3));
    const interval = processPercentileInterval(Float64Array.of(1, 2, 4), 0.95);
    expect(interval?.low).toBeCloseTo(2 / reach, 5);
    expect(interval?.high).toBeCloseTo(2 * reach, 4);
    expect(processPercentileInterval(Float64Array.of(3), 0.95)).toBeNull();
  });

  it('does not exist for one process', () => {
    expect(processMeanInterval(Float64Array.of(4), 0.95)).toEqual({ mean: 4, low: null, high: null });
    expect(betweenProcessSpread(Float64Array.of(4))).toBeNull();
  });

  it('comes with the spread of process medians relative to their mean', () => {
    expect(betweenProcessSpread(Float64Array.of(9, 10, 11))).toBeCloseTo(0.1, 12);
  });
});
