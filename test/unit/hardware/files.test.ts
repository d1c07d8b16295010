import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCpuList } from '../../../src/core/hardware/files.ts';

describe('the kernel list of cpus', () => {
  it('gives back the numbers that were written as ranges and single numbers', () => {
    const ranges = fc.array(fc.tuple(fc.nat(500), fc.nat(20)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(ranges, (pairs) => {
        const text = pairs.map(([first, extra]) => (extra === 0 ? `${first}` : `${first}-${first + extra}`)).join(',');
        const expected = pairs.flatMap(([first, extra]) =>
          Array.from({ length: extra + 1 }, (_, index) => first + index),
        );
        expect(parseCpuList(text)).toEqual(expected);
      }),
    );
  });

  it.each(['', '3-1', 'a', '1-', '-2', '1,,2', '0-99999999'])('is refused as %j', (text) => {
    expect(parseCpuList(text)).toBeNull();
  });
});
