import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantizeBias } from '../../../src/core/quantize/numerics/bias.ts';
import { toBlockWeights } from '../../../src/core/quantize/numerics/block-weights.ts';
import { quantizedRange, type IntegerType } from '../../../src/core/quantize/numerics/integer-types.ts';
import { quantizeMatrix } from '../../../src/core/quantize/numerics/quantize-matrix.ts';
import { quantizeValues } from '../../../src/core/quantize/numerics/quantize-values.ts';
import { toQuantizationParameters } from '../../../src/core/quantize/numerics/scale.ts';

/** Of magnitudes at which a float32 scale still has all its bits. */
const value = fc
  .tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: -12, max: 12 }))
  .map(([whole, exponent]) => Math.fround(whole * 10 ** exponent));
const values = fc.array(value, { minLength: 1, maxLength: 64 });
const type = fc.constantFrom<IntegerType>('uint8', 'int8', 'uint4', 'int4');
/** Half a step, and what float32 loses in the scale and in the division. */
const half = 0.5 + 1e-4;

test('every value within the range comes back within half a step, or a whole one where the zero point was rounded', () => {
  fc.assert(
    fc.property(values, type, fc.boolean(), fc.boolean(), (drawn, kind, symmetric, reduceRange) => {
      const options = { symmetric, reduceRange };
      const x = Float32Array.from(drawn);
      const { scale, zeroPoint } = toQuantizationParameters(Math.min(...x), Math.max(...x), kind, options);
      const quantized = quantizeValues(x, { type: kind, scale, zeroPoint });
      const { min, max } = quantizedRange(kind, options);
      // Symmetric unsigned, reduced and 4-bit types have a middle between two values, or one value more on a side.
      const isExactMiddle = symmetric && (min + max) % 2 === 0;
      x.forEach((one, index) => {
        const error = Math.abs((quantized[index]! - zeroPoint) * scale - one);
        expect(error).toBeLessThanOrEqual(scale * (isExactMiddle ? half : 2 * half));
      });
    }),
  );
});

test('zero is always represented exactly', () => {
  fc.assert(
    fc.property(value, value, type, fc.boolean(), (one, other, kind, symmetric) => {
      const parameters = toQuantizationParameters(Math.min(one, other), Math.max(one, other), kind, { symmetric });
      expect(quantizeValues(Float32Array.of(0), parameters)[0]).toBe(parameters.zeroPoint);
    }),
  );
});

test('every weight of a column comes back within half a step of the column', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 8 }), fc.boolean(), (drawn, columns, perChannel) => {
      const weight = Float32Array.from(
        { length: Math.ceil(drawn.length / columns) * columns },
        (_, index) => drawn[index] ?? 0,
      );
      const { values: quantized, scales } = quantizeMatrix(weight, columns, { perChannel, reduceRange: false });
      weight.forEach((one, index) => {
        const scale = scales[perChannel ? index % columns : 0]!;
        expect(Math.abs(quantized[index]! * scale - one)).toBeLessThanOrEqual(scale * half);
      });
    }),
  );
});

test('a bias that fits comes back within half of the product of the scales', () => {
  const scale = fc.float({ min: Math.fround(1e-4), max: 10, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(value, scale), { minLength: 1, maxLength: 9 }), scale, (channels, input) => {
      const bias = Float32Array.from(channels, ([one]) => one);
      const { values: quantized, scales } = quantizeBias(
        bias,
        input,
        Float32Array.from(channels, ([, one]) => one),
      );
      bias.forEach((one, index) => {
        const step = scales[index]!;
        if (Math.abs(one / step) >= 2 ** 31 - 1)
          expect(Math.abs(quantized[index]!)).toBeGreaterThanOrEqual(2 ** 31 - 1);
        else expect(Math.abs(quantized[index]! * step - one)).toBeLessThanOrEqual(step * half + Math.abs(one) * 1e-6);
      });
    }),
  );
});

test('every weight of a block comes back within a step of the block', () => {
  fc.assert(
    fc.property(values, fc.constantFrom<4 | 8>(4, 8), fc.boolean(), (drawn, bits, symmetric) => {
      const rows = drawn.length;
      const weight = Float32Array.from(drawn);
      const blockSize = 16;
      const { packed, scales, zeroPoints } = toBlockWeights(
        weight,
        { rows, columns: 1 },
        { bits, blockSize, symmetric },
      );
      const at = (bytes: Uint8Array, index: number): number =>
        bits === 8 ? bytes[index]! : (bytes[index >> 1]! >> ((index & 1) * 4)) & 0xf;
      weight.forEach((one, index) => {
        const block = Math.floor(index / blockSize);
        const zeroPoint = zeroPoints === null ? 2 ** (bits - 1) : at(zeroPoints, block);
        const scale = scales[block]!;
        expect(Math.abs((at(packed, index) - zeroPoint) * scale - one)).toBeLessThanOrEqual(Math.abs(scale) * 2 * half);
      });
    }),
  );
});
