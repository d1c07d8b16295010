import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import type { InputPool } from '../../../src/core/models/inputs/generate-inputs.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  GraphProtoSchema,
  TensorProto_DataType as DataType,
} from '../../../src/core/onnx/gen/onnx_pb.js';
import { inspectModel } from '../../../src/core/onnx/inspect.ts';
import { quantizeModel, type QuantizeOptions } from '../../../src/core/quantize/quantize-model.ts';
import { engineEntryPath } from '../../../src/core/resources.ts';
import { sha256Schema } from '../../../src/shared/domain/ids.ts';
import { floats, integer, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';
import { outcomes, runFloats } from '../../support/quantize-file.ts';

type GraphParts = MessageInitShape<typeof GraphProtoSchema>;

const spawn = createNodeSpawner(engineEntryPath());
let directory: string;
let output: string;
let temporary: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-bad-input-static-'));
  output = path.join(directory, 'output');
  temporary = path.join(directory, 'temporary');
  for (const folder of [output, temporary]) await mkdir(folder);
});
afterEach(() => rm(directory, { recursive: true }));

function quantize(source: string, options: Partial<QuantizeOptions> = {}) {
  return quantizeModel(source, {
    recipe: 'int8-static',
    target: path.join(output, 'quantized.onnx'),
    version: '1.2.3',
    spawn,
    temporaryFolder: temporary,
    dims: {},
    ...options,
  });
}

async function expectRefused(work: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  await expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  expect(await readdir(output)).toEqual([]);
  expect(await readdir(temporary)).toEqual([]);
}

const picture = [1, 3, 8, 8];
const pixels = 3 * 8 * 8;
/** A small weight of both signs, without a pattern that would make a sum of products vanish. */
function weight(name: string, dims: readonly number[]) {
  const count = dims.reduce((size, dim) => size * dim, 1);
  return floats(
    name,
    dims,
    Array.from({ length: count }, (_, index) => Math.sin(index * index) / 4),
  );
}

const conv = {
  opType: 'Conv',
  input: ['x', 'w', 'b'],
  output: ['c'],
  attribute: [{ name: 'pads', type: AttributeType.INTS, ints: [1n, 1n, 1n, 1n] }],
};
const convolution = {
  name: 'convolution',
  input: [tensorInfo('x', picture)],
  output: [tensorInfo('y', [1, 4, 8, 8])],
  initializer: [weight('w', [4, 3, 3, 3]), weight('b', [4])],
  node: [conv, { opType: 'Relu', input: ['c'], output: ['y'] }],
};

function write(graph: GraphParts = convolution, versions = {}): Promise<string> {
  return writeGraph(path.join(directory, 'model.onnx'), graph, versions);
}

/** Inputs of the user for x, one feed after another. */
async function poolOf(
  feeds: readonly Float32Array[],
  { name = 'x', dims = picture, type = 'float32' }: Partial<InputPool['tensors'][number]> = {},
): Promise<InputPool> {
  const bytes = Buffer.concat(feeds.map((feed) => new Uint8Array(feed.buffer)));
  const file = path.join(directory, 'pool.bin');
  await writeFile(file, bytes);
  return {
    path: file,
    sha256: sha256Schema.parse(createHash('sha256').update(bytes).digest('hex')),
    feeds: feeds.length,
    tensors: [{ name, type, dims: [...dims], byteLength: bytes.byteLength / Math.max(1, feeds.length) }],
    distinctSamples: feeds.length,
    source: 'files',
    seed: null,
    remarks: [],
  };
}

const varied = Array.from({ length: 3 }, (_, feed) =>
  Float32Array.from({ length: pixels }, (_each, index) => Math.sin(index * (feed + 1))),
);

async function errorOf(source: string, quantized: string, dims: readonly number[] = picture): Promise<number> {
  const feeds = { x: { dims, data: Float32Array.from(varied[0]!) } };
  const { y: exact = new Float32Array() } = await runFloats(source, feeds);
  const { y: found = new Float32Array() } = await runFloats(quantized, feeds);
  expect(found).toHaveLength(exact.length);
  return Math.max(...exact.map((value, index) => Math.abs(value - found[index]!))) / Math.max(...exact.map(Math.abs));
}

describe('calibration inputs that nothing can be learned from are refused', () => {
  it('none at all', async () => {
    const work = quantize(await write(), { calibration: await poolOf([]) });
    await expectRefused(work, 'CALIBRATION_INVALID', /^There are no calibration inputs/);
  });

  it.each([0, 0.5])('only ones of the value %d', async (value) => {
    const calibration = await poolOf([new Float32Array(pixels).fill(value), new Float32Array(pixels).fill(value)]);
    await expectRefused(quantize(await write(), { calibration }), 'CALIBRATION_INVALID', /never vary.*"x"/);
  });

  it.each([
    ['of another shape', { dims: [1, 3, 16, 4] }, /"x" has the shape \[1, 3, 8, 8\] and \[1, 3, 16, 4\] was given/],
    [
      'of another number of dimensions',
      { dims: [3, 8, 8] },
      /"x" has the shape \[1, 3, 8, 8\] and \[3, 8, 8\] was given/,
    ],
    ['of another name', { name: 'picture' }, /there is nothing for the input "x"/],
    ['of another type', { type: 'int32' as const }, /"x" is float32 and int32 was given/],
  ])('ones %s', async (_, wrong, message) => {
    const calibration = await poolOf(varied, wrong);
    await expectRefused(quantize(await write(), { calibration }), 'CALIBRATION_INVALID', message);
  });

  it('ones with NaN', async () => {
    const calibration = await poolOf([...varied, new Float32Array(pixels).fill(Number.NaN)]);
    await expectRefused(quantize(await write(), { calibration }), 'CALIBRATION_INVALID', /NaN/);
  });
});

describe('a model that is not made for it', () => {
  it.each([7, 9, 11])(
    'in operator set %d is converted to 13, and computes the same within its steps',
    async (opset) => {
      const bounds = [
        { name: 'min', type: AttributeType.FLOAT, f: 0 },
        { name: 'max', type: AttributeType.FLOAT, f: 6 },
      ];
      const isOld = opset < 11;
      const source = await write(
        {
          ...convolution,
          output: [tensorInfo('y', [1, 4])],
          initializer: [...convolution.initializer, floats('low', [], [0]), floats('high', [], [6])],
          node: [
            conv,
            isOld
              ? { opType: 'Clip', name: 'clip', input: ['c'], output: ['r'], attribute: bounds }
              : { opType: 'Clip', name: 'clip', input: ['c', 'low', 'high'], output: ['r'] },
            { opType: 'GlobalAveragePool', input: ['r'], output: ['g'] },
            {
              opType: 'Squeeze',
              input: ['g'],
              output: ['s'],
              attribute: [{ name: 'axes', type: AttributeType.INTS, ints: [2n, 3n] }],
            },
            { opType: 'Softmax', input: ['s'], output: ['y'] },
          ],
        },
        { opset, ir: isOld ? 4 : 6 },
      );
      const before = await readFile(source);
      const done = await quantize(source, { calibration: await poolOf(varied) });
      expect(done).toMatchObject({ opsetUpgrade: { from: opset, to: 13 }, check: { ran: true, remark: null } });
      expect(await inspectModel(done.target.path)).toMatchObject({
        opsets: { 'ai.onnx': 13 },
        operators: { QuantizeLinear: expect.any(Number) as number },
        metadata: { 'inferometer.converted_from_opset': String(opset) },
      });
      expect(await errorOf(source, done.target.path)).toBeLessThan(0.03);
      expect(await readFile(source)).toEqual(before);
      expect(await readdir(temporary)).toEqual([]);
    },
  );

  it.each([
    ['NaN', Number.NaN],
    // What comes out of it has no range, which is found first.
    ['infinity', Infinity],
  ])('with %s in a weight is refused', async (_, bad) => {
    const values = Array.from({ length: 108 }, (_each, index) => (index === 77 ? bad : 1));
    const source = await write({ ...convolution, initializer: [floats('w', [4, 3, 3, 3], values), weight('b', [4])] });
    await expectRefused(quantize(source), 'MODEL_WEIGHTS_NOT_FINITE', /weight "w" contains NaN or infinity/);
  });

  it.each([Number.NaN, Infinity])(
    'with %d in a weight is refused, also where a Relu and a layer follow',
    async (bad) => {
      const values = Array.from({ length: 108 }, (_each, index) => (index === 77 ? bad : 1));
      const source = await write({
        ...convolution,
        output: [{ name: 'z' }],
        initializer: [floats('w', [4, 3, 3, 3], values), weight('b', [4]), weight('w2', [2, 4, 3, 3])],
        node: [
          ...convolution.node,
          { opType: 'Relu', input: ['y'], output: ['r'] },
          { opType: 'Conv', input: ['r', 'w2'], output: ['z'] },
        ],
      });
      await expectRefused(quantize(source), 'MODEL_WEIGHTS_NOT_FINITE', /weight "w" contains NaN or infinity/);
    },
  );

  it('without anything to quantize is refused', async () => {
    const node = [{ opType: 'Neg', input: ['x'], output: ['y'] }];
    const source = await write({ ...convolution, initializer: [], output: [tensorInfo('y', picture)], node });
    await expectRefused(quantize(source), 'MODEL_NOTHING_TO_QUANTIZE', /no node that the recipe int8-static/);
  });

  it('that is quantized already is refused', async () => {
    const done = await quantize(await write(), { target: path.join(directory, 'done.onnx') });
    await expectRefused(quantize(done.target.path), 'MODEL_ALREADY_QUANTIZED', /DequantizeLinear|QuantizeLinear/);
  });

  it('with unnamed nodes that share a weight, and a weight that is data too, is quantized', async () => {
    const side = [1, pixels];
    const long = weight('w', [pixels, pixels]);
    const source = await write({
      name: 'shared',
      input: [tensorInfo('x', side)],
      output: [tensorInfo('y', side)],
      initializer: [long],
      node: [
        { opType: 'MatMul', input: ['x', 'w'], output: ['a'] },
        { opType: 'MatMul', input: ['a', 'w'], output: ['b'] },
        { opType: 'Gemm', input: ['b', 'w'], output: ['c'], attribute: [integer('transB', 1)] },
        { opType: 'ReduceMean', input: ['w'], output: ['m'] },
        { opType: 'Add', input: ['c', 'm'], output: ['y'] },
      ],
    });
    const done = await quantize(source, { calibration: await poolOf(varied, { dims: side }) });
    expect(done.nodes.filter(({ outcome }) => outcome.kind === 'changed').map(({ node }) => node)).toEqual(
      expect.arrayContaining(['a', 'b', 'c']),
    );
    expect(await errorOf(source, done.target.path, side)).toBeLessThan(0.1);
  });

  it('with control flow is quantized around the bodies, which are left, and keep what they read', async () => {
    const inside = { ...conv, name: 'inside', output: ['t'] };
    const body = (name: string, g: GraphParts) => ({
      name: `${name}_branch`,
      type: AttributeType.GRAPH,
      g: create(GraphProtoSchema, { name, ...g }),
    });
    const source = await write({
      ...convolution,
      input: [tensorInfo('x', picture), tensorInfo('is', [], DataType.BOOL)],
      node: [
        { ...conv, name: 'before' },
        {
          opType: 'If',
          name: 'choice',
          input: ['is'],
          output: ['i'],
          attribute: [
            body('then', { node: [inside], output: [{ name: 't' }] }),
            body('else', { node: [{ opType: 'Neg', input: ['c'], output: ['e'] }], output: [{ name: 'e' }] }),
          ],
        },
        { opType: 'Add', input: ['c', 'i'], output: ['y'] },
      ],
    });
    const done = await quantize(source);
    expect(outcomes(done.nodes)).toMatchObject({
      before: expect.stringContaining('QuantizeLinear') as string,
      inside: 'nested-graph',
    });
    expect(done.check).toEqual({ ran: true, remark: null });
    const { operators } = await inspectModel(done.target.path);
    expect(operators).toMatchObject({ Conv: 2, If: 1 });
  });
});
