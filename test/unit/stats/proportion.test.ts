import { expect, it } from 'vitest';
import { wilsonInterval } from '../../../src/core/stats/proportion.ts';

// References from R: prop.test(x, n, correct = FALSE).
it.each([
  [0, 10, 0, 0.2775328],
  [5, 10, 0.2365931, 0.7634069],
  [534, 540, 0.9759732, 0.994898],
])('%i of %i', (successes, trials, low, high) => {
  const interval = wilsonInterval(successes, trials);
  expect(interval.low).toBeCloseTo(low, 6);
  expect(interval.high).toBeCloseTo(high, 6);
});

it('refuses a share of nothing', () => {
  expect(() => wilsonInterval(0, 0)).toThrow();
});
