import { describe, expect, it } from 'vitest';
import type { Reading } from '../../src/shared/domain/provenance.ts';
import { formatCount, formatDuration, formatQuantity, formatReading } from '../../src/shared/units.ts';

const locale = 'en-US';

function reading(value: number, low: number | null, high: number | null, unit: Reading['unit'] = 'ns'): Reading {
  return { value, unit, kind: 'measured', interval: { low, high, level: 0.95, method: 'test' }, n: 100 };
}

describe('a reading', () => {
  it('shows two digits of its uncertainty and the interval in the same unit', () => {
    expect(formatReading(reading(27_413_000, 27_021_000, 28_098_000), { locale })).toMatchObject({
      text: '27.41 ms',
      interval: '27.02 – 28.10',
    });
  });

  it('is rounded to tens and hundreds where the uncertainty is that large', () => {
    expect(formatReading(reading(45_678, 44_000, 47_000, 'samples/s'), { locale }).text).toBe('45,700 samples/s');
  });

  it('says in words that a bound is not earned', () => {
    expect(formatReading(reading(5e6, 4.5e6, null), { locale }).interval).toBe('4.50 – no upper bound');
  });

  it('does not show a bound as zero that is not', () => {
    expect(formatReading(reading(50_000, 40, 100_000), { locale }).interval).toBe('<1 – 100');
  });

  it('shows a share as a percentage', () => {
    expect(formatReading(reading(0.978, 0.957, 0.989, 'ratio'), { locale }).text).toBe('97.8 %');
  });
});

describe('a quantity', () => {
  it.each([
    [999_960, 'ns', 1_000, '1.0000 ms'],
    [999.6, 'ns', null, '1.000 µs'],
    [1_048_576, 'B', null, '1 MiB'],
    [1023, 'B', null, '1,023 B'],
    [4_089_184_256, 'MAC', null, '4.09 GMAC'],
    [0, 'ns', null, '0 ns'],
  ] as const)('of %d %s with uncertainty %s reads %s', (value, unit, uncertainty, text) => {
    expect(formatQuantity(value, unit, { locale, uncertainty }).text).toBe(text);
  });

  it('uses the separators of the locale and keeps both parts for alignment', () => {
    expect(formatQuantity(12_345.6, 'samples/s', { locale: 'de-DE', uncertainty: 2 })).toMatchObject({
      whole: '12.345',
      fraction: ',6',
      text: '12.345,6 samples/s',
    });
  });
});

it.each([
  [0.2, 'under 1 s'],
  [59.6, '1 min'],
  [100, '1 min 40 s'],
  [7_500, '2 h 5 min'],
])('%d s of waiting read "%s"', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

it('counts have their thousands separated', () => {
  expect(formatCount(25_557_032, { locale })).toBe('25,557,032');
});
