import { describe, expect, it } from 'vitest';
import { toBlockWeights } from '../../../src/core/quantize/numerics/block-weights.ts';
import { quantizeBias } from '../../../src/core/quantize/numerics/bias.ts';
import { quantizeMatrix } from '../../../src/core/quantize/numerics/quantize-matrix.ts';
import { toFloat16Bits } from '../../../src/core/quantize/numerics/float16.ts';
import type { IntegerType, RangeOptions } from '../../../src/core/quantize/numerics/integer-types.ts';
import {
  channelRanges,
  quantizeChannels,
  quantizeValues,
} from '../../../src/core/quantize/numerics/quantize-values.ts';
import { toQuantizationParameters } from '../../../src/core/quantize/numerics/scale.ts';

/** Answers of ONNX Runtime 1.30's quantizer (docs/method/quantization.md, golden vectors). */
const scales: readonly [number, number, IntegerType, RangeOptions, number, number][] = [
  [-1.5, 3.25, 'uint8', {}, 0.018627451732754707, 81],
  [0.1, 6.0, 'uint8', {}, 0.0235294122248888, 0],
  [-2.0, -0.5, 'uint8', {}, 0.007843137718737125, 255],
  [-1.5, 3.25, 'int8', {}, 0.018627451732754707, -47],
  [-1.5, 3.25, 'int8', { symmetric: true }, 0.025590552017092705, 0],
  [-1.5, 3.25, 'uint8', { symmetric: true }, 0.02549019642174244, 128],
  [-1.5, 3.25, 'int8', { symmetric: true, reduceRange: true }, 0.05078125, 0],
  [-1.5, 3.25, 'uint8', { reduceRange: true }, 0.03740157559514046, 40],
  [0, 0, 'uint8', {}, 1, 0],
  [-0.1, 0.2, 'int4', { symmetric: true }, 0.02666666731238365, 0],
  [-0.1, 0.2, 'uint4', {}, 0.020000001415610313, 5],
];

describe('scale and zero point', () => {
  it.each(scales)('%d to %d as %s %j', (low, high, type, options, scale, zeroPoint) => {
    expect(toQuantizationParameters(low, high, type, options)).toEqual({ type, scale, zeroPoint: zeroPoint + 0 });
  });

  it.each([
    [Number.NaN, 1],
    [0, Infinity],
    [2, 1],
  ])('refuses the range %d to %d', (low, high) => {
    expect(() => toQuantizationParameters(low, high, 'uint8')).toThrow(RangeError);
  });
});

describe('quantized values', () => {
  const values = Float32Array.of(-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 127.5, 128, 300, -300, Number.NaN);

  it('round half to even and saturate, NaN at the bottom', () => {
    expect([...quantizeValues(values, { type: 'uint8', scale: 1, zeroPoint: 3 })]).toEqual([
      0, 1, 1, 3, 3, 5, 5, 131, 131, 255, 0, 0,
    ]);
    expect([...quantizeValues(values, { type: 'int8', scale: 1, zeroPoint: 0 })].map((value) => value + 0)).toEqual([
      -4, -2, -2, 0, 0, 2, 2, 127, 127, 127, -128, -128,
    ]);
  });

  it('have a scale for each channel along any axis', () => {
    // [2, 3], channels along the second dimension.
    const weight = Float32Array.of(1, 10, 100, -0.5, 5, -50);
    const layout = { channels: 3, inner: 1 };
    const ranges = channelRanges(weight, layout);
    expect(ranges).toEqual([
      { low: -0.5, high: 1 },
      { low: 5, high: 10 },
      { low: -50, high: 100 },
    ]);
    const parameters = ranges.map(({ low, high }) => toQuantizationParameters(low, high, 'int8', { symmetric: true }));
    expect([...quantizeChannels(weight, layout, parameters)]).toEqual([127, 127, 127, -64, 64, -64]);
  });

  it('of a bias have the scale of the products they are added to', () => {
    const { values: quantized, scales: products } = quantizeBias(
      Float32Array.of(1, -1, 1e30),
      0.5,
      Float32Array.of(0.5, 0.25, 0.125),
    );
    expect([...products]).toEqual([0.25, 0.125, 0.0625]);
    expect([...quantized]).toEqual([4, -8, 2147483647]);
  });
});

describe('block weights', () => {
  const rows = 40;
  const columns = 2;
  const weight = new Float32Array(rows * columns);
  for (let k = 0; k < rows; k += 1) {
    for (let n = 0; n < columns; n += 1) weight[k * columns + n] = (((5 * k + 3 * n) % 17) - 8) / 8;
  }
  const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

  it('symmetric are packed as ONNX Runtime packs them', () => {
    const {
      packed,
      scales: found,
      zeroPoints,
    } = toBlockWeights(weight, { rows, columns }, { bits: 4, blockSize: 16, symmetric: true });
    expect([...found]).toEqual([0.125, 0.125, 0.125, 0.125, 0.125, 0.109375]);
    expect(zeroPoints).toBeNull();
    expect(toHex(packed)).toBe(
      '50fa831db64fe9720ca53fd861fb942ec750fa8300000000' + '831db64fe9720ca53fd861fb942ec750fa820eb600000000',
    );
  });

  it('asymmetric are packed as ONNX Runtime packs them', () => {
    const {
      packed,
      scales: found,
      zeroPoints,
    } = toBlockWeights(weight, { rows, columns }, { bits: 4, blockSize: 16, symmetric: false });
    expect([...found]).toEqual([0.13333334, 0.13333334, 0.125, 0.13333334, 0.13333334, 0.11666667].map(Math.fround));
    expect(toHex(zeroPoints ?? new Uint8Array())).toBe('77887788');
    expect(toHex(packed)).toBe(
      '40e9720ca53fd8610b942ec750fa831dc750fa8300000000' + '720ca53fd8610b942ec750fa831db640fa831db600000000',
    );
  });
});

describe('block weights at the edges', () => {
  // Answers of quantize_matmul_4bits of ONNX Runtime 1.30.
  it.each([
    ['a column of zeros', 0, 0, 0],
    ['only positive values', 0, 6, 0],
    ['only negative values', -6, 0, 15],
    ['a zero point that float32 rounds up to a half', -0.875, 0.875, 8],
    ['a zero point that it rounds down', -1, 1, 7],
  ])('%s', (_, low, high, zeroPoint) => {
    const column = Float32Array.from({ length: 32 }, (_each, index) => (index === 3 ? low : index === 5 ? high : 0));
    const format = { bits: 4 as const, blockSize: 32, symmetric: false };
    const { zeroPoints } = toBlockWeights(column, { rows: 32, columns: 1 }, format);
    expect(zeroPoints).toEqual(Uint8Array.of(0x80 | zeroPoint));
  });
});

describe('the matrix form', () => {
  it.each([
    [true, false],
    [true, true],
    [false, false],
  ])('per channel %s, reduced %s, gives what the general one gives', (perChannel, reduceRange) => {
    const columns = 7;
    const weight = Float32Array.from(
      { length: 91 },
      (_, index) => (((index * 37) % 101) - 50) * (1 + (index % columns)),
    );
    const channels = perChannel ? columns : 1;
    const layout = { channels, inner: perChannel ? 1 : weight.length };
    const parameters = channelRanges(weight, layout).map(({ low, high }) =>
      toQuantizationParameters(low, high, 'int8', { symmetric: true, reduceRange }),
    );
    const { values, scales: found } = quantizeMatrix(weight, columns, { perChannel, reduceRange });
    expect([...found]).toEqual(parameters.map(({ scale }) => scale));
    expect([...values]).toEqual([...quantizeChannels(weight, layout, parameters)].map((value) => value + 0));
  });
});

describe('float16', () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [70000, 0x7bff],
    [-1e30, 0xfbff],
    [1e-9, 0x0001],
    [-1e-9, 0x8001],
    [2049, 0x6800],
    [2051, 0x6802],
    [6.103515625e-5, 0x0400],
    [6.0975551605224609e-5, 0x03ff],
    [Infinity, 0x7c00],
    [Number.NaN, 0x7e00],
  ])('%d', (value, bits) => {
    expect(toFloat16Bits(Float32Array.of(value))[0]).toBe(bits);
  });
});
