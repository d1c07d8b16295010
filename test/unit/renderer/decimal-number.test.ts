import { describe, expect, it } from 'vitest';
import { explainDecimal, parseDecimal } from '../../../src/renderer/components/decimal-number.ts';

describe('a number that people type', () => {
  it.each([
    ['12.5', 12.5],
    [' 7 ', 7],
    ['0', null],
    ['1e3', null],
    ['-1', null],
    ['1,5', null],
    ['', null],
  ])('"%s" is read as %s', (text, value) => {
    expect(parseDecimal(text)).toBe(value);
  });

  it('keeps within its bounds and says which they are', () => {
    expect(parseDecimal('0', { least: 0 })).toBe(0);
    expect(parseDecimal('100', { below: 100 })).toBeNull();
    expect(explainDecimal('100', { below: 100 })).toBe('Give a number above 0 and below 100.');
    expect(explainDecimal('99.9', { below: 100 })).toBeNull();
  });
});
