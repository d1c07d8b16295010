import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulateComparisons, simulatedComparisons } from '../../../scripts/simulated-comparisons.ts';
import { anytimePValue, anytimeReach } from '../../../src/core/stats/anytime-interval.ts';
import { adjustPValues } from '../../../src/shared/statistics/false-discovery.ts';
import { furtherPairs, judgePairs, logRatios, predictPairs } from '../../../src/core/stats/paired-speed.ts';
import { pairsForOneLook, pairsToSettle } from '../../../src/core/stats/pairs-needed.ts';
import { ratioInterval } from '../../../src/shared/statistics/ratio-interval.ts';

const margin = 0.02;

/** Log ratios around a mean, with no more spread than two values have. */
function alternating(mean: number, spread: number, pairs: number): Float64Array {
  return Float64Array.from({ length: pairs }, (_, pair) => mean + (pair % 2 === 0 ? spread : -spread));
}

describe('pairs for one look', () => {
  // The table of the method: deviation of the log ratios, then pairs that detect 1, 2 and 5 %.
  it.each([
    [0.03, [72, 19, 3]],
    [0.05, [199, 51, 9]],
    [0.1, [793, 201, 33]],
  ])('at a deviation of %d are those of the table', (deviation, expected) => {
    expect([0.01, 0.02, 0.05].map((share) => pairsForOneLook(deviation, share))).toEqual(expected);
  });
});

describe('an interval that holds at every look', () => {
  it('is wider than one for a single look, and not wider than twice that from twelve observations on', () => {
    for (const size of [12, 20, 50, 200, 1000]) {
      expect(anytimeReach(size, 0.95)).toBeGreaterThan(2);
      expect(anytimeReach(size, 0.95)).toBeLessThan(4);
    }
  });

  it('does not exist for so few observations that no finite one can hold', () => {
    expect(anytimeReach(3, 0.95)).toBeNull();
    expect(anytimeReach(1, 0.95)).toBeNull();
    expect(anytimePValue(100, 1)).toBe(1);
  });

  it('ends where the p value is what its level leaves', () => {
    for (const size of [8, 12.5, 40, 300]) {
      expect(anytimePValue(anytimeReach(size, 0.95) ?? 0, size)).toBeCloseTo(0.05, 10);
    }
  });
});

describe('the verdict', () => {
  it.each([
    [Math.log(3), 'FASTER'],
    [-Math.log(3), 'SLOWER'],
    [0, 'SAME'],
    [Math.log(1.02), 'AMBIGUOUS'],
  ])('for a log ratio of %d is %s', (mean, verdict) => {
    expect(judgePairs(alternating(mean, 0.005, 20), margin).verdict).toBe(verdict);
  });

  it('is not given before ten pairs, however clear they are', () => {
    const early = judgePairs(alternating(1, 0.001, 9), margin);
    expect(early.verdict).toBe('AMBIGUOUS');
    expect(judgePairs(alternating(1, 0.001, 10), margin).verdict).toBe('FASTER');
    expect(judgePairs(new Float64Array(1), margin)).toMatchObject({ verdict: 'AMBIGUOUS', interval: null, pValue: 1 });
  });

  it('speaks of the candidate: half the time is twice as fast', () => {
    const baseline = Float64Array.from({ length: 12 }, (_, pair) => 1000 + pair);
    const { meanLogRatio, verdict } = judgePairs(
      logRatios(
        baseline,
        baseline.map((value) => value / 2),
      ),
      margin,
    );
    expect(Math.exp(meanLogRatio)).toBeCloseTo(2, 10);
    expect(verdict).toBe('FASTER');
  });

  it('is FASTER or SLOWER exactly where its p value is at most 5 %', () => {
    const ratios = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 10, maxLength: 60 });
    fc.assert(
      fc.property(ratios, fc.double({ min: -0.5, max: 0.5, noNaN: true }), (noise, mean) => {
        const speed = judgePairs(
          Float64Array.from(noise, (value) => value + mean),
          margin,
        );
        const differs = speed.verdict === 'FASTER' || speed.verdict === 'SLOWER';
        // At the bound itself rounding decides.
        fc.pre(Math.abs(speed.pValue - 0.05) > 1e-9);
        expect(speed.pValue <= 0.05).toBe(differs);
      }),
    );
  });

  it('turns round when the sides are exchanged', () => {
    const ratios = fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: 10, maxLength: 40 });
    fc.assert(
      fc.property(ratios, (values) => {
        const forward = judgePairs(Float64Array.from(values), margin);
        const backward = judgePairs(
          Float64Array.from(values, (value) => -value),
          margin,
        );
        expect(backward.meanLogRatio).toBeCloseTo(-forward.meanLogRatio, 12);
        expect(backward.interval?.low ?? 0).toBeCloseTo(-(forward.interval?.high ?? 0), 10);
      }),
    );
  });

  it('counts pairs that hang together as fewer', () => {
    const slow = Float64Array.from({ length: 60 }, (_, pair) => Math.sin(pair / 10) / 50);
    expect(judgePairs(slow, margin).effectivePairs).toBeLessThan(30);
  });
});

describe('what would settle it', () => {
  it('is more where the difference is nearer to the margin, and nothing at the margin itself', () => {
    const near = furtherPairs(judgePairs(alternating(Math.log(1.023), 0.02, 12), margin), margin);
    const far = furtherPairs(judgePairs(alternating(Math.log(1.03), 0.02, 12), margin), margin);
    expect(far).toBeGreaterThan(0);
    expect(near).toBeGreaterThan(far ?? Infinity);
    expect(furtherPairs(judgePairs(alternating(Math.log1p(margin), 0.02, 12), margin), margin)).toBeNull();
    expect(furtherPairs(judgePairs(alternating(0, 0.001, 12), margin), margin)).toBeNull();
  });

  it('takes more pairs than one look would, because it may stop at any', () => {
    expect(pairsToSettle(0.03, Math.log(1.01), 0.8)).toBeGreaterThan(pairsForOneLook(0.03, 0.01));
    expect(pairsToSettle(0.0001, 1, 0.8)).toBe(10);
    expect(pairsToSettle(1, 1e-6, 0.8)).toBeNull();
    expect(predictPairs(judgePairs(alternating(0, 0.01, 10), margin), margin)).toBeGreaterThan(10);
  });
});

// The full table over 1,000 comparisons per case is printed by scripts/coverage-simulation.ts.
describe('comparisons that stop when they are settled', () => {
  it.each(simulatedComparisons)('keep the error rate: $name', (comparison) => {
    const { wrong, covered } = simulateComparisons(comparison, 200, 200, 42);
    // Correlated pairs at the very edge of the margin are the hardest case; the method page says so.
    const most = comparison.correlation > 0 ? 0.15 : 0.05;
    expect(wrong).toBeLessThanOrEqual(most);
    expect(covered).toBeGreaterThanOrEqual(1 - most);
  });

  it.each(simulatedComparisons.filter(({ name, correlation }) => name.endsWith('slower') && correlation === 0))(
    'find it within the time predicted in at least 80 %: $name',
    (comparison) => {
      expect(simulateComparisons(comparison, 200, 600, 7).inTime).toBeGreaterThanOrEqual(0.8);
    },
  );
});

describe('several comparisons together', () => {
  it('are adjusted as by hand', () => {
    const adjusted = adjustPValues([0.01, 0.04, 0.03, 0.5]);
    [0.04, 0.16 / 3, 0.16 / 3, 0.5].forEach((expected, index) => expect(adjusted[index]).toBeCloseTo(expected, 12));
  });

  it('never have a smaller p value than alone, and keep their order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (values) => {
        const adjusted = adjustPValues(values);
        values.forEach((value, index) => {
          expect(adjusted[index]).toBeGreaterThanOrEqual(value);
          values.forEach((other, position) => {
            if (value < other) expect(adjusted[index]).toBeLessThanOrEqual(adjusted[position] ?? 0);
          });
        });
      }),
    );
  });
});

describe('the ratio of two results that were not paired', () => {
  it('has an interval that is wider than that of either', () => {
    const ratio = ratioInterval({ value: 2, low: 1.9, high: 2.1 }, { value: 1, low: 0.97, high: 1.03 });
    expect(ratio.value).toBeCloseTo(2, 12);
    expect(ratio.low).toBeLessThan(1.9);
    expect(ratio.high).toBeGreaterThan(2.1);
  });

  it('has no bound where a side has none', () => {
    expect(ratioInterval({ value: 2, low: 0, high: Infinity }, { value: 1, low: 0.9, high: 1.1 })).toMatchObject({
      low: 0,
      high: Infinity,
    });
  });
});
