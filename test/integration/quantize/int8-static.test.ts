import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import type { InputPool } from '../../../src/core/models/inputs/generate-inputs.ts';
import type { GraphProtoSchema } from '../../../src/core/onnx/gen/onnx_pb.js';
import { readModel } from '../../../src/core/onnx/read.ts';
import { readTensor } from '../../../src/core/onnx/tensor-data.ts';
import { quantizeModel, type QuantizeOptions } from '../../../src/core/quantize/quantize-model.ts';
import { engineEntryPath } from '../../../src/core/resources.ts';
import { sha256Schema } from '../../../src/shared/domain/ids.ts';
import { floats, int64s, integer, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';
import { optimizedOperators, outcomes, runFloats } from '../../support/quantize-file.ts';

type Graph = MessageInitShape<typeof GraphProtoSchema>;

const spawn = createNodeSpawner(engineEntryPath());
let directory: string;
let source: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-static-'));
  for (const folder of ['models', 'output', 'temporary']) await mkdir(path.join(directory, folder));
  source = path.join(directory, 'models', 'model.onnx');
});
afterEach(() => rm(directory, { recursive: true }));

const size = 8;
const inputDims = [1, 3, size, size];
const inputLength = 3 * size * size;

/** Values that differ, without a generator: the same each time. */
function wave(length: number, seed: number, reach = 1): number[] {
  return Array.from({ length }, (_, index) => Math.fround(Math.sin(index * 12.9898 + seed * 78.233) * reach));
}

function conv(name: string, input: string, channels: readonly [number, number], output: string) {
  const [from, to] = channels;
  return {
    initializer: [
      floats(`${name}.w`, [to, from, 3, 3], wave(to * from * 9, name.length + to, 0.3)),
      floats(`${name}.b`, [to], wave(to, name.length + 7, 0.2)),
    ],
    node: {
      opType: 'Conv',
      name,
      input: [input, `${name}.w`, `${name}.b`],
      output: [output],
      attribute: [{ name: 'pads', type: 7, ints: [1n, 1n, 1n, 1n] }],
    },
  };
}

/** A residual network in small: two convolutions, an addition, pooling and a classifier. */
function network(): Graph {
  const first = conv('first', 'x', [3, 8], 'c1');
  const second = conv('second', 'r1', [8, 8], 'c2');
  const weight = floats('gemm.w', [8, 5], wave(40, 3, 0.5));
  return {
    name: 'network',
    input: [tensorInfo('x', inputDims)],
    output: [tensorInfo('y', [1, 5])],
    initializer: [...first.initializer, ...second.initializer, weight, floats('gemm.b', [5], wave(5, 4))],
    node: [
      first.node,
      { opType: 'Relu', name: 'relu', input: ['c1'], output: ['r1'] },
      second.node,
      { opType: 'Add', name: 'add', input: ['c2', 'r1'], output: ['a'] },
      { opType: 'Relu', name: 'relu2', input: ['a'], output: ['r2'] },
      { opType: 'GlobalAveragePool', name: 'pool', input: ['r2'], output: ['p'] },
      { opType: 'Flatten', name: 'flatten', input: ['p'], output: ['f'] },
      { opType: 'Gemm', name: 'gemm', input: ['f', 'gemm.w', 'gemm.b'], output: ['y'] },
    ],
  };
}

/** A pool of feeds for "x". */
async function pool(feeds: readonly (readonly number[])[], changes: Partial<InputPool> = {}): Promise<InputPool> {
  const file = path.join(directory, `pool-${feeds.length}.bin`);
  await writeFile(file, new Uint8Array(Float32Array.from(feeds.flat()).buffer));
  return {
    path: file,
    sha256: sha256Schema.parse('ab'.repeat(32)),
    feeds: feeds.length,
    tensors: [{ name: 'x', type: 'float32', dims: inputDims, byteLength: 4 * inputLength }],
    distinctSamples: feeds.length,
    source: 'files',
    seed: null,
    remarks: [],
    ...changes,
  };
}

const samples = [1, 2, 3, 4].map((seed) => wave(inputLength, seed, 2));

function quantize(options: Partial<QuantizeOptions> = {}) {
  return quantizeModel(source, {
    recipe: 'int8-static',
    target: path.join(directory, 'output', 'quantized.onnx'),
    version: '1.2.3',
    spawn,
    temporaryFolder: path.join(directory, 'temporary'),
    dims: {},
    ...options,
  });
}

function feed(values: readonly number[]) {
  return { x: { dims: inputDims, data: Float32Array.from(values) } };
}

/** The float32 scale that a tensor of a quantized file has. */
async function scaleOf(file: string, tensor: string): Promise<number> {
  const loaded = await readModel(file, { keepBytes: Infinity });
  const found = loaded.graph.initializer.find(({ name }) => name === `${tensor}_scale`);
  if (found === undefined) throw new Error(`no scale of ${tensor}`);
  return Number(readTensor(loaded, found).values[0]);
}

describe('INT8 static', () => {
  it('gives a graph that ONNX Runtime computes with integer kernels from end to end', async () => {
    await writeGraph(source, network());
    const { target, nodes } = await quantize({ parameters: { scheme: 'u8s8' }, calibration: await pool(samples) });
    expect(await optimizedOperators(target.path)).toEqual([
      'DequantizeLinear',
      'Flatten',
      'QGemm',
      'QLinearAdd',
      'QLinearConv',
      'QLinearConv',
      'QLinearGlobalAveragePool',
      'QuantizeLinear',
    ]);
    expect(outcomes(nodes)).toMatchObject({ relu: 'QuantizeLinear', first: 'DequantizeLinear Conv QuantizeLinear' });
  });

  it.each(['u8s8', 's8s8'] as const)(
    '%s is close to the source, and the same with and without fusion',
    async (scheme) => {
      await writeGraph(source, network());
      const { target } = await quantize({ parameters: { scheme }, calibration: await pool(samples) });
      const step = await scaleOf(target.path, 'y');
      for (const sample of samples) {
        const { y: exact = [] } = await runFloats(source, feed(sample));
        const { y: simulated = [] } = await runFloats(target.path, feed(sample), {
          graphOptimizationLevel: 'disabled',
        });
        const { y: fused = [] } = await runFloats(target.path, feed(sample));
        fused.forEach((value, index) => {
          expect(Math.abs(value - (simulated[index] ?? NaN))).toBeLessThanOrEqual(1.001 * step);
          expect(Math.abs(value - (exact[index] ?? NaN))).toBeLessThanOrEqual(8 * step);
        });
      }
    },
  );

  it('keeps Relu as an operator, and ranges around zero, for signed activations', async () => {
    await writeGraph(source, network());
    const { target, parameters } = await quantize({ parameters: { scheme: 's8s8' }, calibration: await pool(samples) });
    expect(parameters).toMatchObject({ scheme: 's8s8', symmetricActivations: true });
    const { graph } = await readModel(target.path, { keepBytes: Infinity });
    expect(graph.node.filter(({ opType }) => opType === 'Relu')).toHaveLength(2);
    const points = graph.initializer.filter(({ name }) => name.endsWith('_zero_point'));
    expect(points.every(({ rawData }) => rawData.every((byte) => byte === 0))).toBe(true);
  });

  it('writes the same bytes twice, says where the ranges come from, and leaves no other file', async () => {
    const before = await readFile(await writeGraph(source, network()));
    const calibration = await pool(samples);
    const first = await quantize({ calibration });
    const bytes = await readFile(first.target.path);
    const second = await quantize({ calibration });
    expect(Buffer.compare(bytes, await readFile(second.target.path))).toBe(0);
    expect(Buffer.compare(before, await readFile(source))).toBe(0);
    expect(await readdir(path.join(directory, 'temporary'))).toEqual([]);
    expect(await readdir(path.join(directory, 'output'))).toEqual(['quantized.onnx']);
    expect(first.calibration).toEqual({
      source: 'files',
      sha256: calibration.sha256,
      samples: 4,
      method: 'min-max',
      remarks: [],
    });
    const { model } = await readModel(first.target.path);
    const metadata = Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value]));
    expect(JSON.parse(metadata['inferometer.calibration'] ?? '')).toEqual({
      method: 'min-max',
      source: 'files',
      samples: 4,
      sha256: calibration.sha256,
    });
    expect(JSON.parse(metadata['inferometer.parameters'] ?? '')).toMatchObject({
      reduceRange: expect.any(Boolean) as boolean,
    });
    expect(model.opsetImport.map(({ domain }) => domain)).toEqual(['']);
  });

  it('without calibration inputs generates some, and says that the quality means nothing', async () => {
    await writeGraph(source, network());
    const { calibration, target } = await quantize();
    expect(calibration).toMatchObject({ source: 'generated', samples: 32 });
    const { model } = await readModel(target.path);
    const fact = model.metadataProps.find(({ key }) => key === 'inferometer.calibration')?.value ?? '';
    expect(JSON.parse(fact)).toMatchObject({ quality: 'void, calibrated with generated inputs' });
  });

  it('makes normalizations part of convolutions first', async () => {
    const { initializer, node } = conv('first', 'x', [3, 4], 'c');
    const parts = ['scale', 'shift', 'mean', 'variance'].map((name, index) =>
      floats(name, [4], [1, 2, 0.5, 1 + index]),
    );
    await writeGraph(source, {
      name: 'normalized',
      input: [tensorInfo('x', inputDims)],
      output: [tensorInfo('y', [1, 4, size, size])],
      initializer: [...initializer, ...parts],
      node: [
        node,
        {
          opType: 'BatchNormalization',
          name: 'norm',
          input: ['c', 'scale', 'shift', 'mean', 'variance'],
          output: ['y'],
        },
      ],
    });
    const { target } = await quantize({ calibration: await pool(samples) });
    const { graph } = await readModel(target.path);
    expect(graph.node.map(({ opType }) => opType).toSorted()).toEqual([
      'Conv',
      'DequantizeLinear',
      'DequantizeLinear',
      'DequantizeLinear',
      'DequantizeLinear',
      'QuantizeLinear',
      'QuantizeLinear',
    ]);
    const [sample = []] = samples;
    const { y: exact = [] } = await runFloats(source, feed(sample));
    const { y: found = [] } = await runFloats(target.path, feed(sample));
    const step = await scaleOf(target.path, 'y');
    found.forEach((value, index) => expect(Math.abs(value - (exact[index] ?? NaN))).toBeLessThanOrEqual(6 * step));
  });

  it.each([
    [['second'], 'second'],
    [['a'], 'add'],
    [['c1'], 'first'],
  ])('leaves %j in float32', async (excluded, node) => {
    await writeGraph(source, network());
    const { nodes } = await quantize({ excluded, calibration: await pool(samples) });
    expect(outcomes(nodes)[node]).toBe('excluded');
  });

  it('converts a model up whose operator set has no scales for channels', async () => {
    await writeGraph(source, network(), { opset: 11 });
    const { opsetUpgrade, target } = await quantize({ calibration: await pool(samples) });
    expect(opsetUpgrade).toEqual({ from: 11, to: 13 });
    const [sample = []] = samples;
    const { y: exact = [] } = await runFloats(source, feed(sample));
    const { y: found = [] } = await runFloats(target.path, feed(sample));
    const step = await scaleOf(target.path, 'y');
    found.forEach((value, index) => expect(Math.abs(value - (exact[index] ?? NaN))).toBeLessThanOrEqual(8 * step));
  });

  it('leaves what adds a mask of infinity', async () => {
    const mask = Array.from({ length: size * size }, (_, index) => (index % size > index / size ? -Infinity : 0));
    await writeGraph(source, {
      name: 'masked',
      input: [tensorInfo('x', inputDims)],
      output: [tensorInfo('y', inputDims)],
      initializer: [floats('mask', [size, size], mask), floats('k', [1], [0.5])],
      node: [
        { opType: 'Mul', name: 'scale', input: ['x', 'k'], output: ['s'] },
        { opType: 'Add', name: 'masking', input: ['s', 'mask'], output: ['m'] },
        { opType: 'Softmax', name: 'softmax', input: ['m'], output: ['y'] },
      ],
    });
    const { nodes, target } = await quantize({ calibration: await pool(samples) });
    expect(outcomes(nodes)).toMatchObject({ masking: 'mask', softmax: 'mask' });
    const [sample = []] = samples;
    const { y = [] } = await runFloats(target.path, feed(sample));
    expect(y.every(Number.isFinite)).toBe(true);
  });

  it.each([
    [{ calibration: 'entropy' }, 'entropy', 4],
    [{ calibration: 'percentile', percentile: 99 }, 'percentile', 10],
  ])('cuts outliers with %j', async (parameters, method, times) => {
    await writeGraph(source, network());
    // Most values small, a few large.
    const skewed = samples.map((sample) => sample.map((value, index) => (index === 5 ? 100 : value * 0.01)));
    const calibration = await pool(skewed);
    const all = await quantize({ calibration });
    const full = await scaleOf(all.target.path, 'x');
    const cut = await quantize({ calibration, parameters });
    expect(cut.calibration?.method).toBe(method);
    expect(await scaleOf(cut.target.path, 'x')).toBeLessThan(full / times);
  });
});

describe('calibration inputs that nothing can be learned from', () => {
  beforeEach(() => writeGraph(source, network()));

  it.each([
    ['constant ones', samples.map((sample) => sample.map(() => 0.5)), /never vary/],
    ['NaN', [wave(inputLength, 1), wave(inputLength, 2).fill(NaN, 3, 4)], /NaN/],
  ])('%s are refused', async (_, feeds, message) => {
    await expect(quantize({ calibration: await pool(feeds) })).rejects.toMatchObject({
      code: 'CALIBRATION_INVALID',
      message: expect.stringMatching(message) as string,
    });
    expect(await readdir(path.join(directory, 'output'))).toEqual([]);
    expect(await readdir(path.join(directory, 'temporary'))).toEqual([]);
  });

  it.each([
    ['none', { feeds: 0 }, /no calibration inputs/],
    [
      'another shape',
      { tensors: [{ name: 'x', type: 'float32', dims: [1, 3, 4, 4], byteLength: 192 }] },
      /\[1, 3, 8, 8\]/,
    ],
    [
      'another type',
      { tensors: [{ name: 'x', type: 'int64', dims: inputDims, byteLength: 8 * inputLength }] },
      /float32/,
    ],
    [
      'another name',
      { tensors: [{ name: 'z', type: 'float32', dims: inputDims, byteLength: 4 * inputLength }] },
      /"x"/,
    ],
  ] as const)('%s is refused', async (_, changes, message) => {
    const calibration = await pool(samples, changes as Partial<InputPool>);
    await expect(quantize({ calibration })).rejects.toMatchObject({
      code: 'CALIBRATION_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it('can be stopped while they are run', async () => {
    const calibration = await pool(Array.from({ length: 4000 }, (_, index) => wave(inputLength, index)));
    const stop = new AbortController();
    let stopped = 0;
    const work = quantize({
      calibration,
      signal: stop.signal,
      onProgress(share, stage) {
        if (stage !== 'calibrating' || share < 0.16 || stopped > 0) return;
        stopped = performance.now();
        stop.abort();
      },
    });
    await expect(work).rejects.toThrow();
    expect(stopped).toBeGreaterThan(0);
    expect(await readdir(path.join(directory, 'output'))).toEqual([]);
    expect(await readdir(path.join(directory, 'temporary'))).toEqual([]);
  });
});

it('ranges are those of the float model over all feeds, whole numbers left alone', async () => {
  await writeGraph(source, {
    name: 'indices',
    input: [tensorInfo('x', inputDims)],
    output: [tensorInfo('y', [1, 2, size, size])],
    initializer: [int64s('ids', [0, 2])],
    node: [
      { opType: 'Sigmoid', name: 'sigmoid', input: ['x'], output: ['s'] },
      {
        opType: 'Gather',
        name: 'gather',
        input: ['s', 'ids'],
        output: ['y'],
        attribute: [integer('axis', 1)],
      },
    ],
  });
  const { target, nodes } = await quantize({ parameters: { scheme: 'u8s8' }, calibration: await pool(samples) });
  expect(outcomes(nodes)).toEqual({
    sigmoid: 'DequantizeLinear Sigmoid QuantizeLinear',
    gather: 'DequantizeLinear Gather QuantizeLinear',
  });
  const all = samples.flat();
  const [low, high] = [Math.min(...all), Math.max(...all)];
  expect(await scaleOf(target.path, 'x')).toBe(Math.fround(Math.fround(high - low) / 255));
});
