import { describe, expect, it } from 'vitest';
import { compareOutputs } from '../../../src/core/measure/check-outputs.ts';

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
    const { relativeError, withinTolerance } = compareOutputs(floats([1, -10]), floats([1, -9]));
    expect(relativeError).toBeCloseTo(0.1);
    expect(withinTolerance).toBe(false);
  });

  it('accepts NaN and infinity only where they were expected', () => {
    expect(compareOutputs(floats([NaN, Infinity]), floats([NaN, Infinity])).withinTolerance).toBe(true);
    expect(compareOutputs(floats([NaN]), floats([1])).withinTolerance).toBe(false);
    expect(compareOutputs(floats([1]), floats([Infinity])).withinTolerance).toBe(false);
  });

  it('refuses another shape and a missing output', () => {
    expect(compareOutputs(floats([1, 2]), floats([1, 2], [2, 1])).withinTolerance).toBe(false);
    expect(compareOutputs(floats([1]), undefined).withinTolerance).toBe(false);
  });

  it('reads 64-bit integers', () => {
    const integers = (values: bigint[]) => ({
      name: 'y',
      type: 'int64' as const,
      dims: [values.length],
      data: new Uint8Array(BigInt64Array.from(values).buffer),
    });
    expect(compareOutputs(integers([5n, -7n]), integers([5n, -7n])).withinTolerance).toBe(true);
    expect(compareOutputs(integers([5n]), integers([6n])).withinTolerance).toBe(false);
  });
});
