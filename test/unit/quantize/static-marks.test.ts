import type { MessageInitShape } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import type { GraphProtoSchema } from '../../../src/core/onnx/gen/onnx_pb.js';
import { ModelProtoSchema } from '../../../src/core/onnx/gen/onnx_pb.js';
import { inferElementTypes } from '../../../src/core/onnx/tensor-types.ts';
import { toElementType } from '../../../src/core/onnx/element-types.ts';
import { toOperatorName } from '../../../src/core/onnx/walk.ts';
import { openGraph } from '../../../src/core/quantize/graph/editable-graph.ts';
import { markGraph } from '../../../src/core/quantize/static/mark-graph.ts';
import type { MarkOptions } from '../../../src/core/quantize/static/marks.ts';
import { rangeSources } from '../../../src/core/quantize/static/range-sources.ts';
import { collectFacts } from '../../../src/core/quantize/static/tensor-facts.ts';
import { floats, int64s, integer, tensorInfo, text } from '../../fixtures/onnx/build.ts';

interface Case extends Partial<MarkOptions> {
  graph: MessageInitShape<typeof GraphProtoSchema>;
  opset?: number;
  /** Operators that are left. */
  left?: readonly string[];
}

/** Marks a graph and says of each tensor how: "own", "weight:axis", "weight", "as:provider". */
function mark({ graph, opset = 17, left = [], perChannel = true, symmetricActivations = false }: Case) {
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ domain: '', version: BigInt(opset) }],
    graph,
  });
  if (model.graph === undefined) throw new Error('no graph');
  const loaded = { path: '', fileBytes: 0, model, graph: model.graph, payloads: new Map(), externalFiles: [] };
  const types = new Map([...inferElementTypes(loaded)].map(([name, type]) => [name, toElementType(type)]));
  const editable = openGraph(loaded);
  const facts = collectFacts(editable, types);
  const isWanted = (node: { domain: string; opType: string }): boolean => !left.includes(toOperatorName(node));
  const marks = markGraph(model.graph.node, facts, {
    perChannel,
    symmetricActivations,
    isWanted,
    readScalar: (name) => {
      const tensor = editable.constant(name);
      return tensor === undefined ? null : (editable.readFloats(tensor)[0] ?? null);
    },
  });
  const tensors = Object.fromEntries(
    [...marks.tensors].map(([name, one]) => {
      if (one.kind === 'activation') return [name, 'own'];
      if (one.kind === 'shared') return [name, `as:${one.provider}`];
      return [name, one.axis === null ? 'weight' : `weight:${one.axis}`];
    }),
  );
  const sources = Object.fromEntries(rangeSources(marks, facts, isWanted));
  return { tensors, biases: marks.biases, folded: marks.folds.map(({ from, to }) => `${from}>${to}`), sources };
}

const image = tensorInfo('x', [1, 2, 4, 4]);
const filter = floats('w', [3, 2, 1, 1]);
const bias = floats('b', [3]);
const conv = { opType: 'Conv', name: 'conv', input: ['x', 'w', 'b'], output: ['c'] };

function graphOf(node: object[], output: string, initializer: object[] = [filter, bias]): Case['graph'] {
  const shapeless = { name: output, type: { value: { case: 'tensorType' as const, value: { elemType: 1 } } } };
  return { name: 'marks', input: [image], initializer, node, output: [shapeless] };
}

describe('products', () => {
  it('of a convolution: filters by their first axis, the bias, input and output', () => {
    const { tensors, biases } = mark({ graph: graphOf([conv], 'c') });
    expect(tensors).toEqual({ x: 'own', c: 'own', w: 'weight:0' });
    expect(biases).toMatchObject([{ bias: 'b', input: 'x', weight: 'w', beta: 1 }]);
  });

  it('with one scale for a weight where that is wanted', () => {
    expect(mark({ graph: graphOf([conv], 'c'), perChannel: false }).tensors.w).toBe('weight');
  });

  it('of a transposed convolution by the second axis', () => {
    const node = { ...conv, opType: 'ConvTranspose', input: ['x', 'w'] };
    expect(mark({ graph: graphOf([node], 'c', [floats('w', [2, 3, 1, 1])]) }).tensors.w).toBe('weight:1');
  });

  it.each([
    [0, 'weight:1'],
    [1, 'weight:0'],
  ])('of a Gemm with transB %d by %s, the factor of the bias in its scale', (transB, axis) => {
    const flat = { opType: 'Flatten', input: ['x'], output: ['f'] };
    const beta = { name: 'beta', type: 1, f: 0.5 };
    const gemm = {
      opType: 'Gemm',
      input: ['f', 'w', 'b'],
      output: ['g'],
      attribute: [integer('transB', transB), beta],
    };
    const weight = floats('w', transB === 1 ? [3, 32] : [32, 3]);
    const { tensors, biases } = mark({ graph: graphOf([flat, gemm], 'g', [weight, bias]) });
    expect(tensors.w).toBe(axis);
    expect(biases).toMatchObject([{ beta: 0.5, input: 'f' }]);
  });

  it('of two computed matrices have a range for each', () => {
    const node = { opType: 'MatMul', input: ['x', 'x2'], output: ['m'] };
    const other = { opType: 'Tanh', input: ['x'], output: ['x2'] };
    expect(mark({ graph: graphOf([other, node], 'm', []) }).tensors).toEqual({ x: 'own', x2: 'own', m: 'own' });
  });
});

describe('Relu and Clip', () => {
  const relu = { opType: 'Relu', input: ['c'], output: ['r'] };

  it('are done by the saturation of the next QuantizeLinear', () => {
    const { tensors, folded, sources } = mark({ graph: graphOf([conv, relu], 'r') });
    expect(tensors).toEqual({ x: 'own', w: 'weight:0', r: 'own' });
    expect(folded).toEqual(['c>r']);
    expect(sources).toEqual({ x: { tensor: 'x' }, r: { tensor: 'r' } });
  });

  it('stay where ranges are symmetric; their input then has the range of their output', () => {
    const { tensors, folded, sources } = mark({ graph: graphOf([conv, relu], 'r'), symmetricActivations: true });
    expect(tensors).toMatchObject({ c: 'own', r: 'own' });
    expect(folded).toEqual([]);
    expect(sources.c).toEqual({ tensor: 'r' });
  });

  it('stay where something else reads their input', () => {
    const add = { opType: 'Add', input: ['c', 'r'], output: ['a'] };
    const { folded, sources } = mark({ graph: graphOf([conv, relu, add], 'a') });
    expect(folded).toEqual([]);
    expect(sources.c).toEqual({ tensor: 'c' });
  });

  it('stay where their input is an output of the model', () => {
    const graph = graphOf([conv, relu], 'r');
    graph.output = [...(graph.output ?? []), tensorInfo('c', [1, 3, 4, 4])];
    expect(mark({ graph }).folded).toEqual([]);
  });

  it.each([
    [[0, 6], true],
    [[-1, 1], true],
    [[2, 6], false],
    [[-6, -2], false],
  ])('a Clip to %j is done by saturation: %s', (bounds, isFolded) => {
    const constants = [filter, bias, floats('low', [], bounds.slice(0, 1)), floats('high', [], bounds.slice(1))];
    const node = { opType: 'Clip', input: ['c', 'low', 'high'], output: ['r'] };
    const { tensors, folded, sources } = mark({ graph: graphOf([conv, node], 'r', constants) });
    expect(folded).toEqual(isFolded ? ['c>r'] : []);
    expect(tensors.c).toBe(isFolded ? undefined : 'own');
    if (!isFolded) expect(sources.c).toEqual({ tensor: 'r' });
  });

  it('a Clip without bounds in operator sets before 11, or with bounds that are computed', () => {
    const node = { opType: 'Clip', input: ['c'], output: ['r'], attribute: [{ name: 'min', type: 1, f: 1 }] };
    expect(mark({ graph: graphOf([conv, node], 'r'), opset: 10 }).folded).toEqual([]);
    expect(mark({ graph: graphOf([conv, { ...node, attribute: [] }], 'r'), opset: 10 }).folded).toEqual(['c>r']);
    const least = { opType: 'ReduceMin', input: ['x'], output: ['low'] };
    const computed = { opType: 'Clip', input: ['c', 'low'], output: ['r'] };
    expect(mark({ graph: graphOf([conv, least, computed], 'r') }).folded).toEqual([]);
  });

  it('stay in float after what is not quantized', () => {
    const tanh = { opType: 'Tanh', input: ['x'], output: ['c'] };
    expect(mark({ graph: graphOf([tanh, relu], 'r', []) }).tensors).toEqual({});
  });
});

describe('operators that move values', () => {
  it.each([
    ['Reshape', ['c', 'shape']],
    ['Transpose', ['c']],
    ['Flatten', ['c']],
    ['MaxPool', ['c']],
    ['AveragePool', ['c']],
    ['Slice', ['c', 'shape', 'shape']],
    ['Resize', ['c', '', '', 'shape']],
  ])('%s shares the parameters of a quantized input', (opType, input) => {
    const node = { opType, input, output: ['o'] };
    const constants = [filter, bias, int64s('shape', [1, 3, 4, 4])];
    expect(mark({ graph: graphOf([conv, node], 'o', constants) }).tensors.o).toBe('as:c');
    const alone = { ...node, input: input.map((name) => (name === 'c' ? 'x' : name)) };
    expect(mark({ graph: graphOf([alone], 'o', constants) }).tensors).toEqual({});
  });

  it('have no 8-bit form in old operator sets', () => {
    const pool = { opType: 'MaxPool', input: ['c'], output: ['o'] };
    expect(mark({ graph: graphOf([conv, pool], 'o'), opset: 11 }).tensors.o).toBeUndefined();
    expect(mark({ graph: graphOf([conv, pool], 'o'), opset: 12 }).tensors.o).toBe('as:c');
  });

  it('Gather takes rows of a quantized table; one that is a weight with channels too has them in float', () => {
    const ids = int64s('ids', [0, 1]);
    const gather = { opType: 'Gather', input: ['table', 'ids'], output: ['rows'] };
    const table = floats('table', [2, 3]);
    expect(mark({ graph: graphOf([gather], 'rows', [table, ids]) }).tensors).toEqual({
      table: 'own',
      rows: 'as:table',
    });
    const product = { opType: 'MatMul', input: ['rows', 'table'], output: ['p'] };
    const tied = mark({ graph: graphOf([gather, product], 'p', [floats('table', [3, 3]), ids]) }).tensors;
    expect(tied).toMatchObject({ table: 'weight:1', rows: 'own' });
  });

  it('Split gives all parts the parameters of its input', () => {
    const node = { opType: 'Split', input: ['x'], output: ['p', 'q'], attribute: [integer('axis', 1)] };
    expect(mark({ graph: graphOf([node], 'p', []) }).tensors).toEqual({ x: 'own', p: 'as:x', q: 'as:x' });
  });

  it.each([
    ['constant', [0], 'as:x'],
    ['constant', [1.5], 'own'],
    ['edge', [1.5], 'as:x'],
  ])('Pad with mode %s and value %j: %s', (mode, value, expected) => {
    const node = { opType: 'Pad', input: ['x', 'pads', 'value'], output: ['p'], attribute: [text('mode', mode)] };
    const constants = [int64s('pads', [0, 0, 1, 1, 0, 0, 1, 1]), floats('value', [], value)];
    expect(mark({ graph: graphOf([node], 'p', constants) }).tensors).toEqual({ x: 'own', value: 'own', p: expected });
  });
});

describe('other operators', () => {
  it('have a range for each float operand, constants with the type of activations', () => {
    const add = { opType: 'Add', input: ['x', 'k'], output: ['a'] };
    expect(mark({ graph: graphOf([add], 'a', [floats('k', [1])]) }).tensors).toEqual({ x: 'own', k: 'own', a: 'own' });
  });

  it('Where needs both of its values to be quantized', () => {
    const condition = { opType: 'Greater', input: ['x', 'x'], output: ['yes'] };
    const where = { opType: 'Where', input: ['yes', 'a', 'x'], output: ['o'] };
    const add = { opType: 'Add', input: ['x', 'x'], output: ['a'] };
    expect(mark({ graph: graphOf([condition, add, where], 'o', []) }).tensors.o).toBe('own');
    expect(mark({ graph: graphOf([condition, add, where], 'o', []), left: ['Add'] }).tensors).toEqual({});
  });

  it('normalizations have their scale as weight and their shift as bias', () => {
    const node = { opType: 'LayerNormalization', input: ['x', 'scale', 'shift'], output: ['n'] };
    const { tensors, biases } = mark({ graph: graphOf([node], 'n', [floats('scale', [4]), floats('shift', [4])]) });
    expect(tensors).toEqual({ x: 'own', scale: 'weight', n: 'own' });
    expect(biases).toMatchObject([{ bias: 'shift', weight: 'scale' }]);
  });

  it('Softmax gives values between 0 and 1', () => {
    const node = { opType: 'Softmax', input: ['x'], output: ['s'] };
    expect(mark({ graph: graphOf([node], 's', []) }).sources.s).toEqual({ known: { low: 0, high: 1 } });
  });

  it('on whole numbers are left', () => {
    const shape = { opType: 'Shape', input: ['x'], output: ['s'] };
    const gather = { opType: 'Gather', input: ['s', 'first'], output: ['g'] };
    expect(mark({ graph: graphOf([shape, gather], 'g', [int64s('first', [0])]) }).tensors).toEqual({});
  });
});
