import { describe, expect, test } from 'vitest';
import { resolveDims } from '../../../src/core/onnx/dims.ts';
import type { Dimension, TensorInfo } from '../../../src/shared/domain/model.ts';

function inputs(shapes: Record<string, Dimension[] | null>): TensorInfo[] {
  return Object.entries(shapes).map(([name, dims]) => ({ name, type: 'float32', dims }));
}

describe('resolveDims', () => {
  test('puts the batch into every input that has its symbol and other sizes where they are named', () => {
    const model = inputs({ ids: ['batch_size', 'sequence'], mask: ['batch_size', 'sequence'], scale: [] });
    expect(resolveDims(model, { sequence: 128 }, 4)).toEqual({
      shapes: { ids: [4, 128], mask: [4, 128], scale: [] },
      batch: { kind: 'symbol', name: 'batch_size' },
    });
  });

  test('takes an unnamed leading dimension as the batch', () => {
    expect(resolveDims(inputs({ image: ['?', 3, 8, 8] }), {}, 2)).toEqual({
      shapes: { image: [2, 3, 8, 8] },
      batch: { kind: 'symbol', name: 'image:0' },
    });
  });

  test('names unnamed dimensions after their place, so that they can be given', () => {
    const model = inputs({ ids: ['batch', '?'] });
    expect(() => resolveDims(model, {}, 1)).toThrow(
      expect.objectContaining({ code: 'DIMENSION_NEEDED', data: { dimensions: ['ids:1'] } }),
    );
    expect(resolveDims(model, { 'ids:1': 16 }, 1).shapes).toEqual({ ids: [1, 16] });
  });

  test('asks for all missing sizes at once, each with the option that gives it', () => {
    const model = inputs({ x: ['batch', 'height', 'width'] });
    expect(() => resolveDims(model, {}, 1)).toThrow(
      expect.objectContaining({ remedy: 'Give a size for each, for example --dim "height=128" --dim "width=128".' }),
    );
  });

  test('adds up sums of symbols', () => {
    const model = inputs({ mask: ['batch', 'past + 1'], cache: ['batch', 12, 'past', 64] });
    expect(resolveDims(model, { past: 7 }, 1).shapes).toEqual({ mask: [1, 8], cache: [1, 12, 7, 64] });
  });

  test('accepts a size of 0', () => {
    expect(resolveDims(inputs({ cache: ['batch', 'past'] }), { past: 0 }, 1).shapes).toEqual({ cache: [1, 0] });
  });

  test('takes a sequence symbol not as a batch even when it leads', () => {
    expect(() => resolveDims(inputs({ ids: ['sequence_length'] }), {}, 1)).toThrow(
      expect.objectContaining({ code: 'DIMENSION_NEEDED' }),
    );
  });

  test.each([
    ['the batch that the file fixes', inputs({ x: [1, 3] }), {}, 8, 1],
    ['a batch for a model without one', inputs({ x: [] }), {}, 2, 1],
    ['another size for the batch by name', inputs({ x: ['N', 3] }), { N: 4 }, 8, 4],
  ])('refuses %s', (_, model, dims, wanted, fixed) => {
    expect(() => resolveDims(model, dims, wanted)).toThrow(
      expect.objectContaining({ code: 'DIMENSION_MISMATCH', data: { fixed, wanted } }),
    );
  });

  test('refuses an input whose number of dimensions is unknown', () => {
    expect(() => resolveDims(inputs({ x: null }), {}, 1)).toThrow(
      expect.objectContaining({ code: 'DIMENSION_NEEDED' }),
    );
  });
});
