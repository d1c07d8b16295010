import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create } from '@bufbuild/protobuf';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { costModel } from '../../../src/core/onnx/cost.ts';
import { ModelProtoSchema } from '../../../src/core/onnx/gen/onnx_pb.js';
import { readModel } from '../../../src/core/onnx/read.ts';
import type { RuntimeShapes } from '../../../src/core/onnx/shape-graph.ts';
import { resolveShapes } from '../../../src/core/onnx/shape-graph.ts';
import { writeModel } from '../../../src/core/onnx/write.ts';
import { mountSmallDisk } from '../../support/small-disk.ts';
import { externalGraph, floats, writeGraph } from '../../fixtures/onnx/build.ts';

const fixtures = path.join(import.meta.dirname, '../../fixtures/onnx');
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-shapes-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** The real runtime in this process: the models here are a few kilobytes. */
const runtime: RuntimeShapes = async (modelPath, feedShapes) => {
  const session = await InferenceSession.create(modelPath, {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
  });
  const feeds = session.inputMetadata.map((input) => {
    if (!input.isTensor) throw new Error(`${input.name} is no tensor`);
    const dims = feedShapes[input.name] ?? [];
    const size = dims.reduce((product, dim) => product * dim, 1);
    const data = input.type === 'int64' ? new BigInt64Array(size).fill(1n) : new Float32Array(size).fill(1);
    return [input.name, new Tensor(input.type, data, dims)] as const;
  });
  const outputs = await session.run(Object.fromEntries(feeds));
  await session.release();
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, [...tensor.dims]]));
};

async function costOf(name: string, inputShapes: Record<string, number[]>) {
  const loaded = await readModel(path.join(fixtures, `${name}.onnx`));
  return costModel(loaded, inputShapes, await resolveShapes(runtime, loaded, inputShapes, directory));
}

describe('with shapes from ONNX Runtime', () => {
  test('every node of a convolutional model has its shape and cost', async () => {
    const cost = await costOf('conv', { x: [2, 3, 16, 16] });
    const byName = Object.fromEntries(cost.nodes.map((node) => [node.name, [node.outputShape, node.macs]]));
    expect(byName).toEqual({
      conv1: [[2, 4, 8, 8], 2 * 4 * 64 * 27],
      relu1: [[2, 4, 8, 8], 0],
      depthwise: [[2, 4, 8, 8], 2 * 4 * 64 * 9],
      up: [[2, 6, 16, 16], 2 * 4 * 64 * 6 * 4],
      pool: [[2, 6, 1, 1], 0],
      flatten: [[2, 6], 0],
      fc: [[2, 5], 2 * 6 * 5],
      softmax: [[2, 5], 0],
    });
    expect(cost.uncounted).toEqual({});
    expect(cost.nodes.every((node) => node.activationBytes !== null)).toBe(true);
  });

  test('a text model is counted at the sequence length that was asked for', async () => {
    const shape = [3, 10];
    const cost = await costOf('text', { input_ids: shape, attention_mask: shape, token_type_ids: shape });
    const macs = Object.fromEntries(cost.nodes.filter((node) => node.macs).map((node) => [node.name, node.macs]));
    expect(macs).toEqual({
      q: 3 * 10 * 8 * 8,
      scores: 3 * 10 * 10 * 8,
      context: 3 * 10 * 10 * 8,
      lstm: 3 * 10 * 4 * 6 * (8 + 6),
    });
  });

  test('a branch is visible through its outputs only', async () => {
    const loaded = await readModel(path.join(fixtures, 'control.onnx'));
    const shapes = await resolveShapes(runtime, loaded, { x: [7] }, directory);
    expect(Object.fromEntries(shapes)).toEqual({ x: [7], s: [], c: [], i: [7], y: [7] });
  });

  test('the temporary copy is gone afterwards, whatever happens', async () => {
    const loaded = await readModel(path.join(fixtures, 'conv.onnx'));
    const before = await readdir(directory);
    const failing = resolveShapes(() => Promise.reject(new Error('crashed')), loaded, {}, directory);
    await expect(failing).rejects.toThrow('crashed');
    expect(await readdir(directory)).toEqual(before);
  });
});

test('what a killed process left is removed, and what a running one needs is kept', async () => {
  const scratch = await mkdtemp(path.join(directory, 'scratch-'));
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const needed = `all-outputs-${process.pid}-other`;
  for (const name of [`all-outputs-${dead}-left`, needed]) await mkdir(path.join(scratch, name));
  const loaded = await readModel(path.join(fixtures, 'conv.onnx'));
  await resolveShapes(runtime, loaded, { x: [1, 3, 16, 16] }, scratch);
  expect(await readdir(scratch)).toEqual([needed]);
});

describe('weights in an external file', () => {
  test('are found by the runtime beside the copy', async () => {
    const folder = await mkdtemp(path.join(directory, 'external-'));
    const graph = { ...externalGraph('none'), initializer: [floats('w', [4])] };
    const model = create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ version: 17n }], graph });
    const file = path.join(folder, 'm.onnx');
    await writeModel(model, file, { externalData: { thresholdBytes: 1, fileName: 'm.bin' } });
    const loaded = await readModel(file);
    expect(await resolveShapes(runtime, loaded, { x: [4] }, directory)).toEqual(
      new Map([
        ['x', [4]],
        ['y', [4]],
      ]),
    );
    expect((await readdir(folder)).toSorted()).toEqual(['m.bin', 'm.onnx']);
  });

  test('are linked away from the folder of the user, into which nothing is written even for a moment', async () => {
    const folder = await mkdtemp(path.join(directory, 'own-'));
    await mkdir(path.join(folder, 'weights'));
    const file = await writeGraph(path.join(folder, 'm.onnx'), externalGraph('weights/w.bin'));
    await writeFile(path.join(folder, 'weights/w.bin'), new Uint8Array(16));
    const during: string[][] = [];
    const watching: RuntimeShapes = async (modelPath, feedShapes) => {
      during.push((await readdir(folder, { recursive: true })).toSorted());
      expect(modelPath.startsWith(folder)).toBe(false);
      return runtime(modelPath, feedShapes);
    };
    const shapes = await resolveShapes(watching, await readModel(file), { x: [4] }, directory);
    expect(shapes.get('y')).toEqual([4]);
    expect(during).toEqual([['m.onnx', 'weights', path.join('weights', 'w.bin')]]);
  });

  test('are found where model and weights are both links into a download cache', async () => {
    const folder = await mkdtemp(path.join(directory, 'cache-'));
    await Promise.all(['blobs', 'snapshot'].map((name) => mkdir(path.join(folder, name))));
    await writeGraph(path.join(folder, 'blobs/a'), externalGraph('weights.bin'));
    await writeFile(path.join(folder, 'blobs/b'), new Uint8Array(16));
    await symlink('../blobs/a', path.join(folder, 'snapshot/m.onnx'));
    await symlink('../blobs/b', path.join(folder, 'snapshot/weights.bin'));
    const loaded = await readModel(path.join(folder, 'snapshot/m.onnx'));
    expect((await resolveShapes(runtime, loaded, { x: [4] }, directory)).get('y')).toEqual([4]);
    expect(await readFile(path.join(folder, 'blobs/b'))).toEqual(Buffer.alloc(16));
  });
});

test('a read-only model file can be resolved', async () => {
  const file = path.join(directory, 'read-only.onnx');
  await copyFile(path.join(fixtures, 'conv.onnx'), file);
  await chmod(file, 0o444);
  const shapes = await resolveShapes(runtime, await readModel(file), { x: [1, 3, 16, 16] }, directory);
  expect(shapes.get('c1')).toEqual([1, 4, 8, 8]);
});

describe('a place for the copy that cannot be written to', () => {
  const shapes = { x: [2, 3, 16, 16] };

  test('is told', async () => {
    const loaded = await readModel(path.join(fixtures, 'conv.onnx'));
    const nowhere = path.join(directory, 'no', 'such', 'folder');
    await expect(resolveShapes(runtime, loaded, shapes, nowhere)).rejects.toMatchObject({ code: 'STORAGE_UNUSABLE' });
  });

  test('because it is full is told, and nothing is left of the copy', async () => {
    using disk = mountSmallDisk(directory);
    // Without the right to mount there is no such disk.
    if (disk === undefined) return;
    await writeFile(path.join(disk.path, 'other'), new Uint8Array(4 * 2 ** 20));
    const loaded = await readModel(path.join(fixtures, 'conv.onnx'));
    await expect(resolveShapes(runtime, loaded, shapes, disk.path)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(await readdir(disk.path)).toEqual(['other']);
  });
});
