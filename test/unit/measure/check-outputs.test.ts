import { describe, expect, it } from 'vitest';
import { compareOutputs, summarizeComparisons } from '../../../src/core/measure/check-outputs.ts';

function floats(values: number[], dims = [values.length]) {
  return { name: 'y', type: 'float32' as const, dims, data: new Uint8Array(Float32Array.from(values).buffer) };
}

describe('comparing an output with the expected one', () => {
  it('accepts differences within the tolerance of each element', () => {
    expect(compareOutputs(floats([1, -100, 0]), floats([1.0005, -100.05, 1e-6]))).toMatchObject({
      withinTolerance: true,
    });
  });

  it('reports the largest difference over the largest expected magnitude', () => {
    expect(compareOutputs(floats([1, -10]), floats([1, -9]))).toEqual({
      state: 'compared',
      relativeError: expect.closeTo(0.1) as number,
      withinTolerance: false,
    });
  });

  it('accepts NaN and infinity only where they were expected', () => {
    expect(compareOutputs(floats([NaN, Infinity]), floats([NaN, Infinity]))).toMatchObject({ withinTolerance: true });
    expect(compareOutputs(floats([NaN]), floats([1]))).toEqual({ state: 'not-finite' });
    expect(compareOutputs(floats([1]), floats([Infinity]))).toEqual({ state: 'not-finite' });
  });

  it('tells another shape from a missing output', () => {
    expect(compareOutputs(floats([1, 2]), floats([1, 2], [2, 1]))).toEqual({ state: 'another-shape' });
    expect(compareOutputs(floats([1]), undefined)).toEqual({ state: 'missing' });
  });

  const integerTypes = {
    int8: Int8Array,
    uint8: Uint8Array,
    int16: Int16Array,
    uint16: Uint16Array,
    int32: Int32Array,
    uint32: Uint32Array,
  } as const;
  it.each(Object.entries(integerTypes))('reads %s', (type, View) => {
    const tensor = (...values: number[]) => ({
      name: 'y',
      type: type as keyof typeof integerTypes,
      dims: [values.length],
      data: new Uint8Array(View.from(values).buffer),
    });
    expect(compareOutputs(tensor(5, 100), tensor(5, 100))).toMatchObject({ relativeError: 0, withinTolerance: true });
    expect(compareOutputs(tensor(5, 100), tensor(6, 100))).toMatchObject({
      relativeError: 0.01,
      withinTolerance: false,
    });
  });

  it.each([
    ['int64', BigInt64Array],
    ['uint64', BigUint64Array],
  ] as const)('reads %s', (type, View) => {
    const tensor = (...values: bigint[]) => {
      const view = new View(values.length);
      values.forEach((value, index) => (view[index] = value));
      return { name: 'y', type, dims: [values.length], data: new Uint8Array(view.buffer) };
    };
    expect(compareOutputs(tensor(5n, 7n), tensor(5n, 7n))).toMatchObject({ withinTolerance: true });
    expect(compareOutputs(tensor(5n), tensor(6n))).toMatchObject({ relativeError: 0.2, withinTolerance: false });
  });

  /** Bits of values in a 16-bit type. */
  function halves(type: 'float16' | 'bfloat16', ...bits: number[]) {
    return { name: 'y', type, dims: [bits.length], data: new Uint8Array(Uint16Array.from(bits).buffer) };
  }

  it('reads float16: normal, subnormal, negative and infinite', () => {
    // 1, -2, 65504 (the largest), 2^-24 (the smallest), infinity
    const expected = halves('float16', 0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00);
    expect(compareOutputs(expected, expected)).toEqual({ state: 'compared', relativeError: 0, withinTolerance: true });
    const float32 = { ...floats([1, -2, 65504, 2 ** -24, Infinity]), type: 'float32' as const };
    expect(compareOutputs(expected, float32)).toMatchObject({ relativeError: 0 });
    expect(compareOutputs(halves('float16', 0x7e00), floats([1]))).toEqual({ state: 'not-finite' });
  });

  it('reads bfloat16 as the upper half of float32', () => {
    expect(compareOutputs(halves('bfloat16', 0x3f80, 0xc0a0, 0xff80), floats([1, -5, -Infinity]))).toMatchObject({
      relativeError: 0,
      withinTolerance: true,
    });
  });

  it('lets 16-bit floats differ by some of their roundings, and not by more', () => {
    // Neighbours of 1: 1 + 2^-10 and 1 + 2^-7; then 1 + 2^-5.
    expect(compareOutputs(halves('float16', 0x3c00), halves('float16', 0x3c04))).toMatchObject({
      withinTolerance: true,
    });
    expect(compareOutputs(halves('bfloat16', 0x3f80), halves('bfloat16', 0x3f81))).toMatchObject({
      withinTolerance: true,
    });
    expect(compareOutputs(halves('float16', 0x3c00), halves('float16', 0x3c20))).toMatchObject({
      withinTolerance: false,
    });
  });

  it('does not compare what is no number in JavaScript', () => {
    const text = { name: 'y', type: 'string' as const, dims: [1], data: new Uint8Array(0) };
    expect(compareOutputs(text, text)).toEqual({ state: 'not-comparable' });
  });
});

describe('all comparisons of a run', () => {
  it('have the largest error of those that have one, and name the others once', () => {
    const shape = { output: 'b', result: { state: 'another-shape' } } as const;
    expect(
      summarizeComparisons([
        { output: 'a', result: { state: 'compared', relativeError: 0.1, withinTolerance: true } },
        { output: 'a', result: { state: 'compared', relativeError: 0.01, withinTolerance: true } },
        shape,
        shape,
      ]),
    ).toEqual({
      compared: 4,
      maxRelativeError: 0.1,
      withinTolerance: false,
      problems: [{ output: 'b', state: 'another-shape' }],
    });
  });

  it('are no objection to an output that cannot be compared, which has no error either', () => {
    expect(summarizeComparisons([{ output: 'a', result: { state: 'not-comparable' } }])).toMatchObject({
      maxRelativeError: null,
      withinTolerance: true,
    });
  });
});
