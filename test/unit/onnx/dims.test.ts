import { describe, expect, test } from 'vitest';
import { resolveDims as resolveModelDims, resolveRecordedBatch } from '../../../src/core/onnx/dims.ts';
import type { Dimension, TensorInfo } from '../../../src/shared/domain/model.ts';

function inputs(shapes: Record<string, Dimension[] | null>): TensorInfo[] {
  return Object.entries(shapes).map(([name, dims]) => ({ name, type: 'float32', dims }));
}

/** Sizes and batch of a model with these inputs and, where they matter, outputs. */
function resolveDims(
  declared: TensorInfo[],
  dims: Record<string, number>,
  batch: number,
  outputs: Record<string, Dimension[]> = {},
) {
  return resolveModelDims({ inputs: declared, outputs: inputs(outputs) }, dims, batch);
}

describe('resolveDims', () => {
  test('puts the batch into every input that has its symbol and other sizes where they are named', () => {
    const model = inputs({ ids: ['batch_size', 'sequence'], mask: ['batch_size', 'sequence'], scale: [] });
    expect(resolveDims(model, { sequence: 128 }, 4)).toEqual({
      shapes: { ids: [4, 128], mask: [4, 128], scale: [] },
      batch: { kind: 'symbol', name: 'batch_size' },
    });
  });

  test('takes an unnamed leading dimension as the batch only when its size is given as the batch', () => {
    const image = inputs({ image: ['?', 3, 8, 8] });
    expect(() => resolveDims(image, {}, 2)).toThrow(expect.objectContaining({ code: 'DIMENSION_MISMATCH' }));
    expect(() => resolveDims(image, {}, 1)).toThrow(expect.objectContaining({ data: { dimensions: ['image:0'] } }));
    expect(resolveDims(image, { 'image:0': 2 }, 2)).toEqual({
      shapes: { image: [2, 3, 8, 8] },
      batch: { kind: 'symbol', name: 'image:0' },
    });
  });

  test.each(['T', 'S', 'frames', 'sequence_length', 'batch_x_sequence_length'])(
    'asks for the leading dimension "%s", which does not say that it is a batch',
    (symbol) => {
      const model = inputs({ x: [symbol, 80] });
      expect(() => resolveDims(model, {}, 1, { y: [symbol, 30] })).toThrow(
        expect.objectContaining({ code: 'DIMENSION_NEEDED', data: { dimensions: [symbol] } }),
      );
      expect(() => resolveDims(model, {}, 8, { y: [symbol, 30] })).toThrow(
        expect.objectContaining({ code: 'DIMENSION_MISMATCH' }),
      );
      expect(resolveDims(model, { [symbol]: 200 }, 1, { y: [symbol, 30] })).toEqual({
        shapes: { x: [200, 80] },
        batch: { kind: 'none' },
      });
    },
  );

  test.each(['batch', 'batch_size', 'N', 'bs', 'b', 'unk__12'])('knows the batch by the name "%s"', (symbol) => {
    expect(resolveDims(inputs({ x: [symbol, 80] }), {}, 4).shapes).toEqual({ x: [4, 80] });
  });

  test('takes a name that an exporter made up as the batch only when all inputs and an output lead with it', () => {
    const symbol = 'input_dynamic_axes_1';
    const both = inputs({ x: [symbol, 80], m: [symbol, 1] });
    expect(resolveDims(both, {}, 4, { y: [symbol, 2] }).shapes).toEqual({ x: [4, 80], m: [4, 1] });
    expect(() => resolveDims(both, {}, 1, { y: ['other', 2] })).toThrow(
      expect.objectContaining({ code: 'DIMENSION_NEEDED' }),
    );
    expect(() => resolveDims(inputs({ x: [symbol, 80], m: [5, 1] }), {}, 1, { y: [symbol, 2] })).toThrow(
      expect.objectContaining({ code: 'DIMENSION_NEEDED' }),
    );
    expect(resolveDims(both, { [symbol]: 9 }, 1, { y: [symbol, 2] }).batch).toEqual({ kind: 'none' });
  });

  test('a fixed leading size is the batch only when the other inputs and an output have it too', () => {
    const image = inputs({ image: [3, 224, 224] });
    expect(resolveDims(image, {}, 1, { y: [1, 10] })).toEqual({
      shapes: { image: [3, 224, 224] },
      batch: { kind: 'none' },
    });
    expect(() => resolveDims(image, {}, 3, { y: [1, 10] })).toThrow(
      expect.objectContaining({ code: 'DIMENSION_MISMATCH' }),
    );
    expect(resolveDims(image, {}, 3, { y: [3, 10] }).batch).toEqual({ kind: 'fixed', size: 3 });
    const uneven = inputs({ image: [3, 224, 224], scale: [2, 2] });
    expect(resolveDims(uneven, {}, 1, { y: [3, 10] }).batch).toEqual({ kind: 'none' });
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

describe('the batch of recorded inputs', () => {
  const text = { inputs: inputs({ ids: ['batch', 'seq'], mask: ['batch', 'seq'] }), outputs: inputs({ y: ['batch'] }) };
  const recorded = (...dims: [number[], number[]]) => [
    { name: 'ids', dims: dims[0] },
    { name: 'mask', dims: dims[1] },
  ];

  test('is found by the symbol of the model', () => {
    expect(resolveRecordedBatch(text, recorded([4, 9], [4, 9]), 4)).toEqual({ kind: 'symbol', name: 'batch' });
  });

  test('is refused when any input carries another one', () => {
    for (const tensors of [recorded([4, 9], [4, 9]), recorded([8, 9], [1, 9])]) {
      expect(() => resolveRecordedBatch(text, tensors, 8)).toThrow(
        expect.objectContaining({ code: 'DIMENSION_MISMATCH' }),
      );
    }
  });

  test('can only be 1 where nothing says which dimension carries it', () => {
    const vector = { inputs: inputs({ x: ['length'] }), outputs: inputs({ y: ['length'] }) };
    const tensors = [{ name: 'x', dims: [4] }];
    expect(resolveRecordedBatch(vector, tensors, 1)).toEqual({ kind: 'none' });
    for (const batch of [4, 8]) {
      expect(() => resolveRecordedBatch(vector, tensors, batch)).toThrow(
        expect.objectContaining({ code: 'DIMENSION_MISMATCH', data: { fixed: 1, wanted: batch } }),
      );
    }
  });

  test('may lead an input whose shape the model does not state', () => {
    const open = { inputs: inputs({ x: null }), outputs: inputs({ y: null }) };
    const tensors = [{ name: 'x', dims: [8, 3] }];
    expect(resolveRecordedBatch(open, tensors, 8)).toEqual({ kind: 'symbol', name: 'x:0' });
    expect(resolveRecordedBatch(open, tensors, 1)).toEqual({ kind: 'none' });
    expect(() => resolveRecordedBatch(open, tensors, 4)).toThrow(
      expect.objectContaining({ code: 'DIMENSION_MISMATCH' }),
    );
  });
});
