import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAmount, writeAmount } from '../../../src/renderer/features/settings/amount.ts';

test.each([
  ['0.32', 'en-US', 0.32],
  ['0,32', 'de-DE', 0.32],
  ['0.32', 'de-DE', 0.32],
  [' .5 ', 'en-US', 0.5],
  ['12', 'fr-FR', 12],
])('"%s" in %s is %d', (text, locale, amount) => {
  expect(parseAmount(text, locale)).toEqual({ amount, problem: null });
});

test.each(['abc', '1.234,5', '-1', '1e5', 'NaN', '1 000'])('"%s" is refused with an example to follow', (text) => {
  const { amount, problem } = parseAmount(text, 'de-DE');
  expect(amount).toBeNull();
  expect(problem).toContain('Type digits such as 0,32.');
});

test('nothing typed is no amount, and no problem', () => {
  expect(parseAmount('  ', null)).toEqual({ amount: null, problem: null });
});

test('an amount that was saved is read again as it was', () => {
  const amounts = fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => Number(value.toFixed(9)));
  fc.assert(
    fc.property(amounts, fc.constantFrom('en-US', 'de-DE', 'fr-CH', null), (amount, locale) => {
      expect(parseAmount(writeAmount(amount, locale), locale).amount).toBe(amount);
    }),
  );
});
