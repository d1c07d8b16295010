import { expect, it } from 'vitest';
import { describeExcess } from '../../../src/shared/comparison.ts';

it.each([
  [null, null],
  [0, null],
  [1, null],
  [1.04, '1.0 times'],
  [2.46, '2.5 times'],
  [106_770.05, '110,000 times'],
  [4e12, 'more than a million times'],
])('an error of %s of the variation is %s as large', (centredRelativeError, words) => {
  expect(describeExcess({ centredRelativeError }, 'en-US')).toBe(words);
});
