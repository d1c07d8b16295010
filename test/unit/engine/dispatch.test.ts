import { describe, expect, it } from 'vitest';
import { poissonArrivals } from '../../../src/core/measure/load/poisson-arrivals.ts';
import { planDispatch, type BatchingRule } from '../../../src/engine/scenarios/dispatch.ts';

const alone: BatchingRule = { maxBatch: 1, maxDelayNs: 0 };

/** Mean time from arrival to answer when a call on `count` queries takes `serviceNs(count)`. */
function simulate(arrivalsNs: Float64Array, rule: BatchingRule, serviceNs: (count: number) => number) {
  let freeNs = 0;
  let total = 0;
  const batches: number[] = [];
  for (let call = planDispatch(arrivalsNs, 0, freeNs, rule); call !== null;) {
    freeNs = call.atNs + serviceNs(call.count);
    for (let query = call.first; query < call.first + call.count; query++) total += freeNs - arrivalsNs[query]!;
    batches.push(call.count);
    call = planDispatch(arrivalsNs, call.first + call.count, freeNs, rule);
  }
  return { meanNs: total / arrivalsNs.length, batches };
}

describe('a server with one model and no batching', () => {
  // M/D/1: S + rho S / (2 (1 - rho)).
  it.each([
    { load: 0.2, times: 1.125 },
    { load: 0.5, times: 1.5 },
    { load: 0.8, times: 3 },
  ])('answers in $times service times on average at $load of its capacity', ({ load, times }) => {
    const arrivals = poissonArrivals({ ratePerS: load * 1000, minDurationS: 0, minQueries: 400_000, seed: 7 });
    const { meanNs } = simulate(arrivals, alone, () => 1e6);
    expect(meanNs / 1e6 / times).toBeCloseTo(1, 1);
    expect(Math.abs(meanNs / 1e6 / times - 1)).toBeLessThan(0.05);
  });
});

describe('dynamic batching', () => {
  const rule: BatchingRule = { maxBatch: 4, maxDelayNs: 100 };

  it('waits for others no longer than the oldest may be delayed', () => {
    expect(planDispatch(Float64Array.of(10, 60, 500), 0, 0, rule)).toEqual({ first: 0, count: 2, atNs: 110 });
  });

  it('goes at once when the batch is full', () => {
    expect(planDispatch(Float64Array.of(10, 20, 30, 40, 41), 0, 0, rule)).toEqual({ first: 0, count: 4, atNs: 40 });
  });

  it('takes what has gathered while the model was busy', () => {
    const arrivals = Float64Array.of(10, 20, 30, 900, 1000);
    expect(planDispatch(arrivals, 0, 950, rule)).toEqual({ first: 0, count: 4, atNs: 950 });
    expect(planDispatch(arrivals, 4, 950, rule)).toEqual({ first: 4, count: 1, atNs: 1100 });
  });

  it('answers every query exactly once, and none before it has arrived', () => {
    const arrivals = poissonArrivals({ ratePerS: 5000, minDurationS: 1, minQueries: 1, seed: 3 });
    const { batches } = simulate(arrivals, { maxBatch: 8, maxDelayNs: 2e6 }, (count) => 4e5 + 5e4 * count);
    expect(batches.reduce((sum, count) => sum + count, 0)).toBe(arrivals.length);
    expect(Math.max(...batches)).toBeLessThanOrEqual(8);
    let freeNs = 0;
    for (let first = 0; first < arrivals.length;) {
      const call = planDispatch(arrivals, first, freeNs, { maxBatch: 8, maxDelayNs: 2e6 })!;
      expect(call.atNs).toBeGreaterThanOrEqual(arrivals[first + call.count - 1]!);
      expect(call.atNs).toBeGreaterThanOrEqual(freeNs);
      freeNs = call.atNs + 4e5;
      first += call.count;
    }
  });
});

describe('Poisson arrivals', () => {
  const options = { ratePerS: 2000, minDurationS: 10, minQueries: 100, seed: 11 };

  it('repeat for a seed and differ between seeds', () => {
    expect(poissonArrivals(options)).toEqual(poissonArrivals(options));
    expect(poissonArrivals({ ...options, seed: 12 })).not.toEqual(poissonArrivals(options));
  });

  it('come at the rate asked for, with gaps as variable as they are long', () => {
    const arrivals = poissonArrivals({ ...options, minDurationS: 100 });
    const gaps = arrivals.subarray(1).map((time, index) => time - arrivals[index]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    // 200,000 gaps: four standard errors are 0.9 % of the mean and 1.3 % of the deviation.
    expect(Math.abs(mean / 5e5 - 1)).toBeLessThan(0.009);
    expect(Math.abs(Math.sqrt(variance) / mean - 1)).toBeLessThan(0.013);
  });

  it('last until both minima are reached', () => {
    expect(poissonArrivals({ ...options, minDurationS: 0.001, minQueries: 50 })).toHaveLength(50);
    expect(poissonArrivals({ ...options, minDurationS: 2, minQueries: 1 }).at(-1)).toBeGreaterThanOrEqual(2e9);
  });
});
