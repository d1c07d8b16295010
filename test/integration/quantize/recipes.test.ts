import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AttributeProto_AttributeType as AttributeType,
  GraphProtoSchema,
  TensorProto_DataType as DataType,
} from '../../../src/core/onnx/gen/onnx_pb.js';
import { readModel } from '../../../src/core/onnx/read.ts';
import { readTensor } from '../../../src/core/onnx/tensor-data.ts';
import { recipes } from '../../../src/core/quantize/registry.ts';
import { floats, int64s, integer, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';
import { optimizedOperators, outcomes, quantizeFile, runFloats } from '../../support/quantize-file.ts';

type GraphParts = MessageInitShape<typeof GraphProtoSchema>;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-recipes-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Weights between -1 and 1 without a pattern that a block could follow. */
function weight(name: string, dims: readonly number[], step = 37) {
  const count = dims.reduce((size, dim) => size * dim, 1);
  return floats(
    name,
    dims,
    Array.from({ length: count }, (_, index) => (((index * step) % 199) - 99) / 100),
  );
}

const rows = 3;
const width = 64;
const feed = { x: { dims: [rows, width], data: Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i)) } };
const input = [tensorInfo('x', [rows, width])];
const output = [tensorInfo('y', [rows, width])];

function write(name: string, graph: GraphParts, versions = {}): Promise<string> {
  return writeGraph(path.join(directory, name), { name: 'g', ...graph }, versions);
}

/** Largest difference of an output, relative to the largest value. */
async function errorOf(source: string, quantized: string): Promise<number> {
  const [expected, found] = [await runFloats(source, feed), await runFloats(quantized, feed)];
  let largest = 0;
  let difference = 0;
  expected.y?.forEach((value, index) => {
    largest = Math.max(largest, Math.abs(value));
    difference = Math.max(difference, Math.abs(value - (found.y?.[index] ?? Number.NaN)));
  });
  return difference / largest;
}

describe('int8-dynamic', () => {
  it('becomes one fused kernel with its bias, from a Gemm as from a MatMul and an Add', async () => {
    const source = await write('chain.onnx', {
      input,
      output,
      initializer: [
        weight('w1', [width, width]),
        weight('b1', [width]),
        weight('w2', [width, width], 41),
        weight('b2', [width]),
      ],
      node: [
        { opType: 'Gemm', name: 'first', input: ['x', 'w1', 'b1'], output: ['h'], attribute: [integer('transB', 1)] },
        { opType: 'Relu', input: ['h'], output: ['r'] },
        { opType: 'MatMul', name: 'second', input: ['r', 'w2'], output: ['m'] },
        { opType: 'Add', input: ['m', 'b2'], output: ['y'] },
      ],
    });
    const quantized = await quantizeFile(source, 'int8-dynamic');
    expect(outcomes(quantized.nodes)).toEqual({
      first: 'DynamicQuantizeLinear MatMulInteger Cast Mul Mul Add',
      second: 'DynamicQuantizeLinear MatMulInteger Cast Mul Mul',
    });
    expect(await optimizedOperators(quantized.path)).toEqual([
      'DynamicQuantizeMatMul',
      'DynamicQuantizeMatMul',
      'Relu',
    ]);
    expect(await errorOf(source, quantized.path)).toBeLessThan(0.02);
  });

  it('quantizes an input once for all products that share it', async () => {
    const names = ['q', 'k', 'v'];
    const source = await write('shared-input.onnx', {
      input,
      output,
      initializer: names.map((name, index) => weight(`w${name}`, [width, width], 37 + index)),
      node: [
        ...names.map((name) => ({ opType: 'MatMul', name, input: ['x', `w${name}`], output: [`m${name}`] })),
        { opType: 'Sum', input: names.map((name) => `m${name}`), output: ['y'] },
      ],
    });
    const quantized = await quantizeFile(source, 'int8-dynamic');
    const operators = await optimizedOperators(quantized.path);
    expect(operators.filter((one) => one.includes('Quantize'))).toEqual(['DynamicQuantizeLinear']);
    expect(operators.filter((one) => one === 'MatMulIntegerToFloat')).toHaveLength(3);
    expect(await errorOf(source, quantized.path)).toBeLessThan(0.02);
  });

  it.each([true, false])('keeps weights within 7 bits where the processor saturates: %s', async (saturates) => {
    const machine = { architecture: 'x64' as const, saturates: () => Promise.resolve(saturates) };
    const resolved = await recipes['int8-dynamic'].prepare({}).resolve(machine);
    expect(resolved.parameters).toMatchObject({ reduceRange: saturates });
    const told = await recipes['int8-dynamic'].prepare({ reduceRange: !saturates }).resolve(machine);
    expect(told.parameters).toMatchObject({ reduceRange: !saturates });
  });

  it('has one scale for a weight, or fewer steps, where that is asked for', async () => {
    const source = await write('options.onnx', {
      input,
      output,
      initializer: [weight('w', [width, width])],
      node: [{ opType: 'MatMul', name: 'm', input: ['x', 'w'], output: ['y'] }],
    });
    const { path: file } = await quantizeFile(source, 'int8-dynamic', { perChannel: false, reduceRange: true });
    const loaded = await readModel(file);
    const read = (name: string) => {
      const tensor = loaded.graph.initializer.find((one) => one.name === name);
      if (tensor === undefined) throw new Error(`${name} is missing`);
      return readTensor(loaded, tensor);
    };
    expect(read('w_scale').dims).toEqual([]);
    expect(read('w_zero_point')).toMatchObject({ type: 'int8', dims: [] });
    expect(Math.max(...[...read('w_quantized').values].map(Number))).toBe(64);
  });
});

describe('nodes that a recipe leaves', () => {
  it('are named with the reason, unnamed ones by their output', async () => {
    const body = create(GraphProtoSchema, {
      name: 'body',
      node: [{ opType: 'MatMul', name: 'inside', input: ['x', 'w'], output: ['t'] }],
      output: [{ name: 't' }],
    });
    const branch = (name: string, g: typeof body) => ({ name, type: AttributeType.GRAPH, g });
    const other = create(GraphProtoSchema, {
      name: 'other',
      node: [{ opType: 'Identity', input: ['x'], output: ['e'] }],
      output: [{ name: 'e' }],
    });
    const source = await write('left.onnx', {
      input: [...input, tensorInfo('c', [], DataType.BOOL)],
      output,
      initializer: [weight('w', [width, width]), { ...weight('w3', [1, width, width]) }],
      node: [
        { opType: 'MatMul', input: ['x', 'w'], output: ['quantized'] },
        { opType: 'MatMul', name: 'kept', input: ['x', 'w'], output: ['a'] },
        { opType: 'Transpose', input: ['a'], output: ['at'] },
        { opType: 'MatMul', name: 'attention', input: ['a', 'at'], output: ['scores'] },
        {
          opType: 'Gemm',
          name: 'scaled',
          input: ['x', 'w'],
          output: ['s'],
          attribute: [{ name: 'alpha', type: AttributeType.FLOAT, f: 0.5 }],
        },
        { opType: 'MatMul', name: 'batched', input: ['x', 'w3'], output: ['b'] },
        {
          opType: 'If',
          name: 'if',
          input: ['c'],
          output: ['i'],
          attribute: [branch('then_branch', body), branch('else_branch', other)],
        },
        { opType: 'Sum', input: ['quantized', 's', 'b', 'i'], output: ['y3'] },
        { opType: 'MatMul', name: 'last', input: ['scores', 'y3'], output: ['y'] },
      ],
    });
    const { nodes, path: file } = await quantizeFile(source, 'int4-weight', {}, ['kept']);
    expect(outcomes(nodes)).toEqual({
      quantized: 'com.microsoft:MatMulNBits',
      kept: 'excluded',
      attention: 'weight-not-constant',
      scaled: 'gemm-form',
      batched: 'weight-not-matrix',
      last: 'weight-not-constant',
      inside: 'nested-graph',
    });
    // The float weight stays for those that still read it, the body among them.
    const { graph } = await readModel(file);
    expect(graph.initializer.map(({ name }) => name).toSorted()).toEqual(['w', 'w3', 'w_Q4', 'w_scales']);
  });
});

describe('weights', () => {
  it('that two nodes share are stored once, in each orientation that is needed', async () => {
    const source = await write('tied.onnx', {
      input: [tensorInfo('ids', [rows], DataType.INT64), ...input],
      output,
      initializer: [weight('table', [width, width])],
      node: [
        { opType: 'Gather', name: 'embed', input: ['table', 'ids'], output: ['e'] },
        { opType: 'Identity', input: ['table'], output: ['same'] },
        {
          opType: 'Transpose',
          input: ['same'],
          output: ['turned'],
          attribute: [{ name: 'perm', type: AttributeType.INTS, ints: [1n, 0n] }],
        },
        { opType: 'MatMul', name: 'head', input: ['x', 'turned'], output: ['h'] },
        { opType: 'MatMul', name: 'straight', input: ['x', 'table'], output: ['s'] },
        { opType: 'Gemm', name: 'again', input: ['x', 'table'], output: ['g'], attribute: [integer('transB', 1)] },
        { opType: 'Sum', input: ['e', 'h', 's', 'g'], output: ['y'] },
      ],
    });
    const { nodes, path: file } = await quantizeFile(source, 'int8-weight');
    expect(outcomes(nodes)).toMatchObject({ embed: 'slower-quantized', head: 'com.microsoft:MatMulNBits' });
    const { graph } = await readModel(file);
    expect(graph.initializer.map(({ name }) => name).toSorted()).toEqual([
      'table',
      'table_Q8',
      'table_Q8_1',
      'table_scales',
      'table_scales_1',
    ]);
    const operators = graph.node.map(({ opType }) => opType);
    expect(operators.filter((one) => one === 'Transpose' || one === 'Identity')).toEqual([]);
  });
});

describe('MatMulNBits', () => {
  it.each([
    ['int4-weight', { symmetric: true, blockSize: 32 }],
    ['int4-weight', { symmetric: false, blockSize: 32 }],
    ['int4-weight', { symmetric: false, blockSize: 128 }],
    ['int8-weight', { symmetric: true, blockSize: 32 }],
    ['int8-weight', { symmetric: false, blockSize: 128 }],
  ] as const)('%s %j computes what DequantizeLinear and MatMul of ONNX Runtime compute', async (recipe, parameters) => {
    const columns = 24;
    const long = 256;
    const name = `${recipe}-${parameters.blockSize}-${parameters.symmetric}`;
    const x = {
      x: { dims: [2, long], data: Float32Array.from({ length: 2 * long }, (_, index) => Math.cos(index)) },
    };
    const source = await write(`${name}.onnx`, {
      input: [tensorInfo('x', [2, long])],
      output: [tensorInfo('y', [2, columns])],
      initializer: [weight('w', [long, columns])],
      node: [{ opType: 'MatMul', name: 'm', input: ['x', 'w'], output: ['y'] }],
    });
    const quantized = await quantizeFile(source, recipe, { ...parameters, accuracyLevel: 1 });
    const loaded = await readModel(quantized.path, { keepBytes: Infinity });
    const tensors = new Map(loaded.graph.initializer.map((tensor) => [tensor.name, tensor]));
    const bits = recipe === 'int4-weight' ? 4 : 8;
    const type = bits === 4 ? DataType.UINT4 : DataType.UINT8;
    const bytes = (tensor: string): Uint8Array => tensors.get(tensor)?.rawData ?? new Uint8Array();
    // The packed layout is [N, K], which the standard operator takes with blocks along its second axis.
    const blocks = long / parameters.blockSize;
    const reference = await write(
      `${name}-reference.onnx`,
      {
        input: [tensorInfo('x', [2, long])],
        output: [tensorInfo('y', [2, columns])],
        initializer: [
          { name: 'w', dims: [columns, long].map(BigInt), dataType: type, rawData: bytes(`w_Q${bits}`) },
          { name: 's', dims: [columns, blocks].map(BigInt), dataType: DataType.FLOAT, rawData: bytes('w_scales') },
          {
            name: 'z',
            dims: [columns, blocks].map(BigInt),
            dataType: type,
            rawData: parameters.symmetric
              ? new Uint8Array((columns * blocks * bits) / 8).fill(bits === 4 ? 0x88 : 0x80)
              : bytes('w_zero_points'),
          },
        ],
        node: [
          {
            opType: 'DequantizeLinear',
            input: ['w', 's', 'z'],
            output: ['d'],
            attribute: [integer('axis', 1), integer('block_size', parameters.blockSize)],
          },
          { opType: 'Transpose', input: ['d'], output: ['t'] },
          { opType: 'MatMul', input: ['x', 't'], output: ['y'] },
        ],
      },
      { ir: 10, opset: 21 },
    );
    const found = await runFloats(quantized.path, x);
    const expected = await runFloats(reference, x, { graphOptimizationLevel: 'disabled' });
    expect(found.y).toHaveLength(2 * columns);
    found.y?.forEach((value, index) => expect(value).toBeCloseTo(expected.y?.[index] ?? Number.NaN, 3));
  });
});

describe('fp16', () => {
  it('keeps inputs, outputs and listed operators in float32, with casts only where the type changes', async () => {
    const source = await write('half.onnx', {
      input,
      output,
      initializer: [weight('w', [width, width]), weight('only-float', [width]), weight('both', [width])],
      node: [
        { opType: 'MatMul', name: 'product', input: ['x', 'w'], output: ['m'] },
        { opType: 'Max', name: 'listed', input: ['m', 'only-float', 'both'], output: ['a'] },
        { opType: 'Min', name: 'listed-too', input: ['a', 'x'], output: ['b'] },
        { opType: 'Add', name: 'sum', input: ['b', 'both'], output: ['y'] },
      ],
    });
    const { nodes, path: file } = await quantizeFile(source, 'fp16');
    expect(outcomes(nodes)).toEqual({
      product: 'MatMul',
      listed: 'needs-float32',
      'listed-too': 'needs-float32',
      sum: 'Add',
    });
    const { graph } = await readModel(file);
    const types = Object.fromEntries(graph.initializer.map(({ name, dataType }) => [name, dataType]));
    expect(types).toEqual({ w: DataType.FLOAT16, 'only-float': DataType.FLOAT, both: DataType.FLOAT16 });
    const casts = graph.node
      .filter(({ opType }) => opType === 'Cast')
      .map((node) => `${node.input[0]} ${node.output[0]}`);
    expect(casts.toSorted()).toEqual(['b b_float16', 'both both_float32', 'm m_float32', 'x x_float16', 'y_float16 y']);
    expect(await errorOf(source, file)).toBeLessThan(0.001);
  });

  it('converts constants in nodes, types of results, and the bodies of control flow', async () => {
    const then = create(GraphProtoSchema, {
      name: 'then',
      initializer: [weight('scale', [width])],
      node: [
        { opType: 'Mul', input: ['h', 'scale'], output: ['scaled'] },
        { opType: 'CumSum', name: 'counted', input: ['scaled', 'axis'], output: ['t'] },
      ],
      output: [tensorInfo('t', [rows, width])],
    });
    const otherwise = create(GraphProtoSchema, {
      name: 'else',
      node: [{ opType: 'Identity', input: ['x'], output: ['e'] }],
      output: [tensorInfo('e', [rows, width])],
    });
    const source = await write('control.onnx', {
      input,
      output,
      initializer: [int64s('shape', [width]), { name: 'axis', dims: [], dataType: DataType.INT64, int64Data: [1n] }],
      node: [
        {
          opType: 'Constant',
          output: ['half'],
          attribute: [{ name: 'value_float', type: AttributeType.FLOAT, f: 0.5 }],
        },
        { opType: 'ConstantOfShape', input: ['shape'], output: ['zeros'] },
        { opType: 'Add', input: ['x', 'zeros'], output: ['sum'] },
        { opType: 'Mul', input: ['sum', 'half'], output: ['h'] },
        { opType: 'Greater', input: ['h', 'h'], output: ['flags'] },
        { opType: 'Cast', input: ['flags'], output: ['ones'], attribute: [integer('to', DataType.FLOAT)] },
        { opType: 'ReduceMax', input: ['ones'], output: ['most'], attribute: [integer('keepdims', 0)] },
        { opType: 'Cast', input: ['most'], output: ['never'], attribute: [integer('to', DataType.BOOL)] },
        { opType: 'Not', input: ['never'], output: ['always'] },
        {
          opType: 'If',
          input: ['always'],
          output: ['r'],
          attribute: [
            { name: 'then_branch', type: AttributeType.GRAPH, g: then },
            { name: 'else_branch', type: AttributeType.GRAPH, g: otherwise },
          ],
        },
        { opType: 'Add', input: ['r', 'ones'], output: ['y'] },
      ],
    });
    const { nodes, path: file } = await quantizeFile(source, 'fp16');
    expect(outcomes(nodes)).toMatchObject({ counted: 'needs-float32', r: 'If', scaled: 'Mul' });
    expect(await errorOf(source, file)).toBeLessThan(0.01);
    const kept = await quantizeFile(source, 'fp16', {}, ['r']);
    expect(outcomes(kept.nodes)).toMatchObject({ r: 'excluded' });
    expect(await errorOf(source, kept.path)).toBeLessThan(0.01);
  });

  it('leaves the scales of Resize in float32, which they are by definition', async () => {
    const source = await write('resize.onnx', {
      input: [tensorInfo('x', [1, 1, 4, 4])],
      output: [tensorInfo('y', [1, 1, 8, 8])],
      initializer: [floats('scales', [4], [1, 1, 2, 2])],
      node: [{ opType: 'Resize', name: 'up', input: ['x', '', 'scales'], output: ['y'] }],
    });
    const { path: file } = await quantizeFile(source, 'fp16');
    const { graph } = await readModel(file);
    expect(graph.initializer.map(({ dataType }) => dataType)).toEqual([DataType.FLOAT]);
    const data = Float32Array.from({ length: 16 }, (_, index) => index);
    expect((await runFloats(file, { x: { dims: [1, 1, 4, 4], data } })).y).toHaveLength(64);
  });
});
