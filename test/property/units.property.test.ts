import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unitSchema, type Reading } from '../../src/shared/domain/provenance.ts';
import { formatReading } from '../../src/shared/units.ts';

const magnitude = fc
  .tuple(fc.double({ min: 1, max: 10, noNaN: true, maxExcluded: true }), fc.integer({ min: -6, max: 13 }))
  .map(([mantissa, exponent]) => mantissa * 10 ** exponent);
const readings = fc
  .record({
    value: magnitude,
    unit: fc.constantFrom(...unitSchema.options),
    below: fc.option(magnitude),
    above: fc.option(magnitude),
    bounded: fc.boolean(),
  })
  .map(({ value, unit, below, above, bounded }): Reading => {
    const interval = {
      low: below === null ? null : value - below,
      high: above === null ? null : value + above,
      level: 0.95,
      method: 'drawn',
    };
    return { value, unit, kind: 'measured', interval: bounded ? interval : null, n: 10 };
  });

/** Power of each unit in terms of the one that came in, as its symbol says. */
function toFactor(symbol: string, unit: Reading['unit']): number {
  if (unit === 'ratio') return 0.01;
  const bare = unit === '1' ? '×' : unit === 'percent' ? '%' : unit;
  if (symbol === bare) return 1;
  if (unit === 'ns' || unit === 'ns/s') return { µ: 1e3, m: 1e6, s: 1e9 }[symbol[0] ?? ''] ?? Number.NaN;
  if (unit === 'B' || unit === 'B/s') return 1024 ** ('KMGT'.indexOf(symbol[0] ?? '') + 1);
  return { µ: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12 }[symbol[0] ?? ''] ?? Number.NaN;
}

it('a value read back is within half a step of the last digit', () => {
  fc.assert(
    fc.property(readings, (reading) => {
      const { whole, fraction, unit, step } = formatReading(reading, { locale: 'en-US' });
      const back = Number((whole + fraction).replaceAll(',', '')) * toFactor(unit, reading.unit);
      expect(Math.abs(back - reading.value)).toBeLessThanOrEqual(step / 2 + Math.abs(reading.value) * 1e-12);
    }),
  );
});

it('a unit is always there and a value that is not zero never reads as zero', () => {
  fc.assert(
    fc.property(readings, (reading) => {
      const { whole, fraction, unit, text } = formatReading(reading, { locale: 'en-US' });
      expect(unit).not.toBe('');
      expect(text.endsWith(` ${unit}`)).toBe(true);
      expect(whole + fraction).toMatch(/[1-9]/);
    }),
  );
});

it('both bounds are written whenever there is an interval', () => {
  fc.assert(
    fc.property(readings, (reading) => {
      const { interval } = formatReading(reading, { locale: 'en-US' });
      expect(interval === null).toBe(reading.interval === null);
      expect(interval ?? '1 – 2').toMatch(/\S – \S/);
    }),
  );
});
