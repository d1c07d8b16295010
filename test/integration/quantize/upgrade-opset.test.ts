import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ModelProtoSchema,
  TensorProto_DataType as DataType,
  type GraphProtoSchema,
} from '../../../src/core/onnx/gen/onnx_pb.js';
import { readModel } from '../../../src/core/onnx/read.ts';
import { oldestConversion, newestConversion } from '../../../src/core/quantize/opset/operator-versions.ts';
import { recipes } from '../../../src/core/quantize/registry.ts';
import { floats, integer, tensorInfo, text, writeGraph } from '../../fixtures/onnx/build.ts';
import {
  body,
  changed,
  list,
  node,
  real,
  toGraph,
  unchanged,
  x4,
  type OpsetCase,
} from '../../fixtures/onnx/opset-cases.ts';
import { runTensors, upgradeFile } from '../../support/upgrade-file.ts';

type GraphParts = MessageInitShape<typeof GraphProtoSchema>;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-upgrade-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Values of both signs around 0 without a pattern. */
function feed(dims: readonly number[]): Tensor {
  const count = dims.reduce((size, dim) => size * dim, 1);
  return new Tensor(
    'float32',
    Float32Array.from({ length: count }, (_, index) => (((index * 37) % 101) - 50) / 10),
    dims,
  );
}

let written = 0;
function write(graph: GraphParts, versions: { opset: number; ir?: number }): Promise<string> {
  written += 1;
  return writeGraph(path.join(directory, `model-${written}.onnx`), graph, versions);
}

async function operatorsOf(file: string): Promise<string[]> {
  return (await readModel(file)).graph.node.map(({ opType }) => opType);
}

/** Converts to each version that a recipe may need and expects the same outputs, to the last bit. */
async function expectSame(source: string, feeds: Record<string, Tensor>, from: number): Promise<string> {
  const expected = await runTensors(source, feeds);
  let last = source;
  for (const to of [11, 13].filter((version) => version > from)) {
    const upgraded = await upgradeFile(source, to);
    expect(upgraded.upgrade).toEqual({ from, to });
    const found = await runTensors(upgraded.path, feeds);
    expect(found).toEqual(expected);
    expect(Object.values(found).every(({ values }) => values.length > 0)).toBe(true);
    last = upgraded.path;
  }
  return last;
}

describe('an operator that changed computes the same after the conversion', () => {
  it.each(Object.entries(changed))('%s', async (_, one) => {
    const source = await write(toGraph(one), one);
    const upgraded = await expectSame(source, { x: feed(one.dims) }, one.opset);
    if (one.becomes !== undefined) expect(await operatorsOf(upgraded)).toEqual(one.becomes);
  });
});

it.each(Object.entries(unchanged))('operators that only have another version compute the same: %s', async (_, one) => {
  await expectSame(await write(toGraph(one), one), { x: feed(one.dims) }, one.opset);
});

it('Softmax of which the number of dimensions is not known is made one of two dimensions', async () => {
  const graph = toGraph({
    opset: 9,
    dims: [2, 6],
    nodes: [node('Reshape', ['x', 's'], ['r']), node('Softmax', ['r'], ['y'])],
  });
  const source = await write(
    { ...graph, input: [tensorInfo('x', [2, 6]), tensorInfo('s', ['n'], DataType.INT64)] },
    { opset: 9 },
  );
  for (const dims of [
    [3, 4],
    [2, 3, 2],
  ]) {
    const shape = new Tensor('int64', BigInt64Array.from(dims, BigInt), [dims.length]);
    await expectSame(source, { x: feed([2, 6]), s: shape }, 9);
  }
});

describe('what is around the nodes', () => {
  it('in bodies of control flow, at any depth, is converted too', async () => {
    const inner = {
      node: [node('Clip', ['x'], ['low'], [real('max', 0.5)]), node('Squeeze', ['low'], ['i'])],
      output: [{ name: 'i' }],
    };
    const other = { node: [node('Softmax', ['flat'], ['o'])], output: [{ name: 'o' }] };
    const then = {
      node: [
        node('Slice', ['x'], ['flat'], [list('starts', [0]), list('ends', [9])]),
        node('If', ['is'], ['t'], [body('then_branch', inner), body('else_branch', other)]),
      ],
      output: [{ name: 't' }],
    };
    const otherwise = { node: [node('Dropout', ['x'], ['e'])], output: [{ name: 'e' }] };
    const nodes = [node('If', ['is'], ['y'], [body('then_branch', then), body('else_branch', otherwise)])];
    for (const is of [0, 1]) {
      const initializer = [{ name: 'is', dims: [], dataType: DataType.BOOL, rawData: Uint8Array.of(is) }];
      const one = { opset: 9, dims: [4, 3], nodes, initializer };
      await expectSame(await write(toGraph(one), one), { x: feed(one.dims) }, 9);
    }
  });

  it('in a function of the model is converted too, with the version that the function states', async () => {
    const model = create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [
        { domain: '', version: 11n },
        { domain: 'own', version: 1n },
      ],
      graph: {
        ...toGraph({ opset: 11, dims: [2, 3, 2], nodes: [] }),
        node: [{ opType: 'Fold', domain: 'own', input: ['x'], output: ['y'] }],
      },
      functions: [
        {
          name: 'Fold',
          domain: 'own',
          input: ['a'],
          output: ['b'],
          opsetImport: [{ domain: '', version: 11n }],
          node: [node('Softmax', ['a'], ['s']), node('ReduceSum', ['s'], ['b'], [list('axes', [2])])],
        },
      ],
    });
    const source = path.join(directory, 'function.onnx');
    await writeFile(source, toBinary(ModelProtoSchema, model));
    const upgraded = await expectSame(source, { x: feed([2, 3, 2]) }, 11);
    const [definition] = (await readModel(upgraded)).model.functions;
    expect(definition?.opsetImport[0]?.version).toBe(13n);
    expect(definition?.node.map(({ opType }) => opType)).toEqual([
      'Shape',
      'Flatten',
      'Softmax',
      'Reshape',
      'Constant',
      'ReduceSum',
    ]);
  });

  it('may be an initializer that an old file lists as an input', async () => {
    const graph = toGraph({
      opset: 7,
      dims: [2, 3],
      initializer: [floats('w', [3, 4])],
      nodes: [node('MatMul', ['x', 'w'], ['m']), node('Clip', ['m'], ['y'], [real('min', 0), real('max', 6)])],
    });
    const source = await write(
      { ...graph, input: [tensorInfo('x', [2, 3]), tensorInfo('w', [3, 4])] },
      { opset: 7, ir: 3 },
    );
    const upgraded = await expectSame(source, { x: feed([2, 3]) }, 7);
    const { model } = await readModel(upgraded);
    expect(model.irVersion).toBe(7n);
    expect(model.graph?.input.map(({ name }) => name)).toEqual(['x']);
  });

  it('has one constant for bounds that many nodes share, and no name twice', async () => {
    const one = {
      opset: 7,
      dims: [4],
      initializer: [floats('y_min', [4], [1, 2, 3, 4])],
      nodes: [
        node('Add', ['x', 'y_min'], ['s']),
        node('Clip', ['s'], ['c'], [real('min', 0), real('max', 6)]),
        node('Neg', ['c'], ['n']),
        node('Clip', ['n'], ['y'], [real('min', 0), real('max', 6)]),
      ],
    };
    const upgraded = await expectSame(await write(toGraph(one), one), { x: feed([4]) }, 7);
    const { graph } = await readModel(upgraded);
    expect(graph.initializer.map(({ name }) => name)).toEqual(['y_min', 'c_min', 'c_max']);
  });
});

describe('refused by the name of the operator, with the reason', () => {
  const scanned = body('body', {
    input: [tensorInfo('sum', [2]), tensorInfo('next', [2])],
    output: [tensorInfo('added', [2])],
    node: [node('Add', ['sum', 'next'], ['added'])],
  });
  it.each<[string, OpsetCase, RegExp]>([
    [
      'BatchNormalization of each element',
      {
        opset: 7,
        dims: x4,
        initializer: ['s', 'b', 'm', 'v'].map((name) => floats(name, [2, 4, 4])),
        nodes: [node('BatchNormalization', ['x', 's', 'b', 'm', 'v'], ['y'], [integer('spatial', 0)])],
      },
      /\(BatchNormalization\) cannot be converted: it normalizes each element/,
    ],
    [
      'Dropout whose mask is used',
      { opset: 7, dims: [4], nodes: [node('Dropout', ['x'], ['d', 'y'])] },
      /\(Dropout\) cannot be converted: its mask is used/,
    ],
    [
      'Scan of version 8',
      {
        opset: 8,
        dims: [1, 3, 2],
        initializer: [floats('start', [1, 2])],
        nodes: [node('Scan', ['', 'start', 'x'], ['y'], [integer('num_scan_inputs', 1), scanned])],
      },
      /\(Scan\) cannot be converted: it has a batch dimension/,
    ],
    [
      'Resize in both directions',
      {
        opset: 10,
        dims: x4,
        initializer: [floats('scales', [4], [1, 1, 2, 0.5])],
        nodes: [node('Resize', ['x', 'scales'], ['y'])],
      },
      /\(Resize\) cannot be converted: it enlarges one dimension and shrinks another/,
    ],
    [
      'Resize with computed scales',
      {
        opset: 10,
        dims: x4,
        initializer: [floats('half', [4], [0.5, 0.5, 1, 1])],
        nodes: [node('Add', ['half', 'half'], ['scales']), node('Resize', ['x', 'scales'], ['y'])],
      },
      /\(Resize\) cannot be converted: its scales are computed/,
    ],
    [
      'Resize in a way that there is no more',
      {
        opset: 11,
        dims: x4,
        initializer: [floats('roi', [0], []), floats('scales', [4], [1, 1, 2, 2])],
        nodes: [
          node(
            'Resize',
            ['x', 'roi', 'scales'],
            ['y'],
            [text('coordinate_transformation_mode', 'tf_half_pixel_for_nn')],
          ),
        ],
      },
      /\(Resize\) cannot be converted: .*tf_half_pixel_for_nn/,
    ],
    [
      'an experimental operator',
      { opset: 9, dims: x4, nodes: [node('ScaledTanh', ['x'], ['y'])] },
      /\(ScaledTanh\) cannot be converted: it is no operator of a published set/,
    ],
  ])('%s', async (_, one, message) => {
    const source = await write(toGraph(one), one);
    const before = await readFile(source);
    await expect(upgradeFile(source, 13)).rejects.toMatchObject({
      code: 'MODEL_OPSET_TOO_OLD',
      message: expect.stringMatching(message) as string,
      data: { operator: one.nodes.at(-1)?.opType },
    });
    expect(await readFile(source)).toEqual(before);
  });
});

it('no recipe needs a newer operator set than models are converted to, and none before the oldest is read', () => {
  for (const { id, oldestOpset } of Object.values(recipes)) {
    expect(oldestOpset, id).toBeGreaterThanOrEqual(oldestConversion);
    expect(oldestOpset, id).toBeLessThanOrEqual(newestConversion);
  }
});
