import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import type { GraphProtoSchema } from '../../../src/core/onnx/gen/onnx_pb.js';
import { quantizeModel } from '../../../src/core/quantize/quantize-model.ts';
import { engineEntryPath } from '../../../src/core/resources.ts';
import { floats, integers, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';
import { outcomes, runFloats } from '../../support/quantize-file.ts';
import { wave } from '../../support/random-network.ts';
import { writePool } from '../../support/write-pool.ts';

type Graph = MessageInitShape<typeof GraphProtoSchema>;

const spawn = createNodeSpawner(engineEntryPath());
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-ranges-'));
  await mkdir(path.join(directory, 'temporary'));
});
afterEach(() => rm(directory, { recursive: true }));

const samples = 6;

/** Quantizes with some inputs, and says how far the outputs are apart for others. */
async function quantize(graph: Graph, dims: readonly number[], parameters: Record<string, unknown> = {}) {
  const source = await writeGraph(path.join(directory, 'model.onnx'), graph);
  const [batch = 1, ...rest] = dims;
  const size = rest.reduce((product, dim) => product * dim, 1);
  const values = Float32Array.from(wave(samples * size, 5, 2));
  const calibration = await writePool(path.join(directory, 'pool.bin'), { name: 'x', dims: rest, values }, batch);
  const { nodes, target } = await quantizeModel(source, {
    recipe: 'int8-static',
    parameters: { scheme: 'u8s8', ...parameters },
    calibration,
    target: path.join(directory, 'quantized.onnx'),
    version: '1.2.3',
    spawn,
    temporaryFolder: path.join(directory, 'temporary'),
    dims: {},
  });
  const outputs = async (file: string): Promise<number[][]> =>
    Promise.all(
      Array.from({ length: samples }, async (_, index) => {
        const feed = { x: { dims, data: Float32Array.from(wave(batch * size, index + 20, 2)) } };
        return [...((await runFloats(file, feed)).y ?? [])];
      }),
    );
  return { outcomes: outcomes(nodes), error: centredError(await outputs(source), await outputs(target.path)) };
}

/** The difference over what distinguishes one sample from another (docs/method/quality.md). */
function centredError(exact: readonly number[][], found: readonly number[][]): number {
  let [difference, spread] = [0, 0];
  const mean = exact[0]?.map((_, index) => exact.reduce((sum, row) => sum + row[index]!, 0) / exact.length) ?? [];
  exact.forEach((row, sample) =>
    row.forEach((value, index) => {
      difference += (value - found[sample]![index]!) ** 2;
      spread += (value - mean[index]!) ** 2;
    }),
  );
  return Math.sqrt(difference / spread);
}

it.each([
  [[0, 6], 'QuantizeLinear'],
  [[2, 6], 'DequantizeLinear Clip QuantizeLinear'],
  [[-6, -2], 'DequantizeLinear Clip QuantizeLinear'],
])('a Clip to %j between convolutions becomes %s and keeps its bounds', async (bounds, expected) => {
  const same = integers('pads', [1, 1, 1, 1]);
  const { outcomes: found, error } = await quantize(
    {
      name: 'clipped',
      input: [tensorInfo('x', [1, 3, 8, 8])],
      output: [tensorInfo('y', [1, 4, 8, 8])],
      initializer: [
        floats('w1', [8, 3, 3, 3], wave(8 * 27, 1, 0.6)),
        floats('b1', [8], wave(8, 2, 4)),
        floats('w2', [4, 8, 3, 3], wave(4 * 72, 3, 0.6)),
        floats('low', [], bounds.slice(0, 1)),
        floats('high', [], bounds.slice(1)),
      ],
      node: [
        { opType: 'Conv', name: 'first', input: ['x', 'w1', 'b1'], output: ['c'], attribute: [same] },
        { opType: 'Clip', name: 'clip', input: ['c', 'low', 'high'], output: ['r'] },
        { opType: 'Conv', name: 'second', input: ['r', 'w2'], output: ['y'], attribute: [same] },
      ],
    },
    [1, 3, 8, 8],
  );
  expect(found).toMatchObject({ clip: expected, first: 'DequantizeLinear Conv QuantizeLinear' });
  expect(error).toBeLessThan(0.1);
});

const positions = 8;
const width = 16;

/** One head of attention over positions; `masking` makes the scores "m" of the scores "s". */
function attention(masking: Pick<Graph, 'node' | 'initializer'>): Graph {
  const matrix = (name: string, seed: number) => floats(name, [width, width], wave(width * width, seed, 0.4));
  return {
    name: 'attention',
    input: [tensorInfo('x', [1, positions, width])],
    output: [tensorInfo('y', [1, positions, width])],
    initializer: [
      matrix('wq', 1),
      matrix('wk', 2),
      matrix('wv', 3),
      floats('factor', [], [0.25]),
      ...(masking.initializer ?? []),
    ],
    node: [
      { opType: 'MatMul', name: 'q', input: ['x', 'wq'], output: ['qo'] },
      { opType: 'MatMul', name: 'k', input: ['x', 'wk'], output: ['ko'] },
      { opType: 'MatMul', name: 'v', input: ['x', 'wv'], output: ['vo'] },
      {
        opType: 'Transpose',
        name: 'turn',
        input: ['ko'],
        output: ['kt'],
        attribute: [integers('perm', [0, 2, 1])],
      },
      { opType: 'MatMul', name: 'scores', input: ['qo', 'kt'], output: ['so'] },
      { opType: 'Mul', name: 'scale', input: ['so', 'factor'], output: ['s'] },
      ...(masking.node ?? []),
      { opType: 'Softmax', name: 'softmax', input: ['m'], output: ['p'] },
      { opType: 'MatMul', name: 'mix', input: ['p', 'vo'], output: ['y'] },
    ],
  };
}

const lowest = -3.4028234663852886e38;
const causal = (depth: number) =>
  Array.from({ length: positions ** 2 }, (_, index) => (index % positions > Math.floor(index / positions) ? depth : 0));
const add = { opType: 'Add', name: 'masking', input: ['s', 'mask'], output: ['m'] };

it.each([-1e4, -1e9, lowest, -Infinity])(
  'scores beside a mask of %d stay in float32, and everything around them is quantized',
  async (depth) => {
    const mask = floats('mask', [positions, positions], causal(depth));
    const { outcomes: found, error } = await quantize(attention({ node: [add], initializer: [mask] }), [
      1,
      positions,
      width,
    ]);
    expect(found).toMatchObject({ masking: 'mask', softmax: 'mask' });
    const product = 'DequantizeLinear MatMul QuantizeLinear';
    expect(found).toMatchObject({ q: product, k: product, v: product, scores: product, mix: product });
    expect(error).toBeLessThan(0.1);
  },
);

it('scores without a mask are quantized', async () => {
  const shift = floats('mask', [positions, positions], causal(-3));
  const { outcomes: found, error } = await quantize(attention({ node: [add], initializer: [shift] }), [
    1,
    positions,
    width,
  ]);
  expect(found).toMatchObject({
    masking: 'DequantizeLinear Add QuantizeLinear',
    softmax: 'DequantizeLinear Softmax QuantizeLinear',
  });
  expect(error).toBeLessThan(0.1);
});

it('a mask that calibration never saw still masks', async () => {
  // Positions are taken out where the first number of the input is 100 or more, which no calibration input has.
  const graph = attention({
    initializer: [floats('limit', [], [100]), floats('none', [], [0]), floats('deep', [], [lowest])],
    node: [
      { opType: 'ReduceMax', name: 'largest', input: ['x'], output: ['top'], attribute: [integers('axes', [2])] },
      { opType: 'Squeeze', name: 'row', input: ['top'], output: ['tops'] },
      { opType: 'Greater', name: 'isOut', input: ['tops', 'limit'], output: ['out'] },
      { opType: 'Where', name: 'choose', input: ['out', 'deep', 'none'], output: ['mask'] },
      { opType: 'Add', name: 'masking', input: ['s', 'mask'], output: ['m'] },
    ],
  });
  const { outcomes: found } = await quantize(graph, [1, positions, width]);
  expect(found).toMatchObject({ masking: 'mask', softmax: 'mask' });
});
