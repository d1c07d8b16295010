import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { buildReferenceModel, referenceModelKey } from '../../../src/core/models/building/build-reference-model.ts';
import { sampleInputs } from '../../../src/core/models/building/calibration-inputs.ts';
import { mlpTabular } from '../../../src/core/models/mlp-tabular.ts';
import { mobilenetV2 } from '../../../src/core/models/mobilenet-v2.ts';
import { evaluateGraph } from '../../support/evaluate-graph.ts';
import { inputDependence } from '../../support/input-dependence.ts';

const key = referenceModelKey(mlpTabular, 0);
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'reference-models-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('MobileNetV2 tells unseen images apart instead of answering the same for all', async () => {
  const { path: file } = await buildReferenceModel(mobilenetV2, directory, { evaluateGraph });
  const dependence = await inputDependence(mobilenetV2, file, 64);

  expect(dependence.betweenInputEnergy).toBeGreaterThan(0.5);
  expect(dependence.distinctArgmax).toBeGreaterThanOrEqual(30);
});

test('the tabular model uses nearly all of its ten classes on unseen rows', async () => {
  const { path: file } = await buildReferenceModel(mlpTabular, directory, { evaluateGraph });
  const dependence = await inputDependence(mlpTabular, file, 64);

  expect(dependence.betweenInputEnergy).toBeGreaterThan(0.5);
  expect(dependence.distinctArgmax).toBeGreaterThanOrEqual(8);
});

test('folding makes the plain graph compute normalised outputs on the calibration inputs', async () => {
  const { path: file } = await buildReferenceModel(mlpTabular, directory, { evaluateGraph });
  const weights = mlpTabular.weights;
  if (weights.kind !== 'seeded') throw new Error('expected seeded weights');
  const { logits } = await evaluateGraph(file, sampleInputs(mlpTabular.inputs, weights.calibrationDims, 0), ['logits']);
  const values = logits?.data as Float32Array;

  for (let channel = 0; channel < 10; channel++) {
    const column = values.filter((_, index) => index % 10 === channel);
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
    expect(mean).toBeCloseTo(0, 3);
    expect(Math.sqrt(variance)).toBeCloseTo(2.5, 3);
  }
});

test('the same seed gives the same bytes, and another seed others', async () => {
  const build = async (folder: string, seed: number) =>
    (await buildReferenceModel(mlpTabular, path.join(directory, folder), { evaluateGraph, seed })).sha256;

  const first = await build('a', 1);
  expect(await build('b', 1)).toBe(first);
  expect(await build('b', 2)).not.toBe(first);
});

test('a model that was built before is used again, without evaluating anything', async () => {
  const evaluate = vi.fn(evaluateGraph);
  const first = await buildReferenceModel(mlpTabular, directory, { evaluateGraph: evaluate });
  const second = await buildReferenceModel(mlpTabular, directory, { evaluateGraph: evaluate });

  expect(second).toEqual(first);
  expect(evaluate).toHaveBeenCalledTimes(1);
  expect(
    createHash('sha256')
      .update(await readFile(first.path))
      .digest('hex'),
  ).toBe(first.sha256);
});

test('a file that lost its end is built anew', async () => {
  const first = await buildReferenceModel(mlpTabular, directory, { evaluateGraph });
  await truncate(first.path, first.sizeBytes - 1);
  const second = await buildReferenceModel(mlpTabular, directory, { evaluateGraph });

  expect(second).toEqual(first);
  expect((await readFile(second.path)).byteLength).toBe(first.sizeBytes);
});

test('builders at the same time get the same file and leave nothing else', async () => {
  const built = await Promise.all([1, 2, 3].map(() => buildReferenceModel(mlpTabular, directory, { evaluateGraph })));

  expect(new Set(built.map((model) => model.path)).size).toBe(1);
  expect(await readdir(directory)).toEqual([key]);
  expect((await readdir(path.dirname(built[0]!.path))).toSorted()).toEqual(['build.json', 'mlp-tabular.onnx']);
});

test.each([
  ['before measuring', 0.1],
  ['while writing the model', 0.7],
])('cancelling %s reports CANCELLED and leaves nothing behind', async (_, share) => {
  const controller = new AbortController();
  const build = buildReferenceModel(mobilenetV2, directory, {
    evaluateGraph,
    signal: controller.signal,
    onProgress: (done) => {
      if (done >= share) controller.abort();
    },
  });

  await expect(build).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await readdir(directory)).toEqual([]);
});

test('cancelling does not wait for an evaluation that hangs', async () => {
  const controller = new AbortController();
  const build = buildReferenceModel(mlpTabular, directory, {
    evaluateGraph: () => {
      setTimeout(() => controller.abort(), 5);
      return new Promise(() => undefined);
    },
    signal: controller.signal,
  });

  await expect(build).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('an evaluation that fails is passed on, and a later attempt succeeds', async () => {
  const failing = () => Promise.reject(new Error('engine lost'));

  await expect(buildReferenceModel(mlpTabular, directory, { evaluateGraph: failing })).rejects.toThrow('engine lost');
  await expect(buildReferenceModel(mlpTabular, directory, { evaluateGraph })).resolves.toBeDefined();
});

test('a builder that is killed half-way leaves no model, and the next one builds it and cleans up', async () => {
  const script = fileURLToPath(new URL('../../../scripts/check-reference-models.ts', import.meta.url));
  const child = spawn(process.execPath, [script, directory, mobilenetV2.id], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  await vi.waitFor(async () => expect(await readdir(directory)).toHaveLength(1), { timeout: 10_000, interval: 5 });
  child.kill('SIGKILL');
  await ended;
  expect(await readdir(directory)).toEqual([expect.stringMatching(/\.unfinished$/)]);

  const { path: file } = await buildReferenceModel(mobilenetV2, directory, { evaluateGraph });

  expect(await readdir(directory)).toEqual([path.basename(path.dirname(file))]);
});

test('what a killed builder left is removed, what a running one works on is kept', async () => {
  const abandoned = `${key}.4194305.0a1b2c3d.unfinished`;
  const running = `${key}.${process.pid}.0a1b2c3d.unfinished`;
  await mkdir(path.join(directory, abandoned, 'calibration'), { recursive: true });
  await mkdir(path.join(directory, running));

  await buildReferenceModel(mlpTabular, directory, { evaluateGraph });

  expect((await readdir(directory)).toSorted()).toEqual([key, running].toSorted());
});

test('progress rises from the start to 1', async () => {
  const shares: number[] = [];
  await buildReferenceModel(mobilenetV2, directory, { evaluateGraph, onProgress: (share) => shares.push(share) });

  expect(shares.length).toBeGreaterThan(20);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});

test('a data directory that is a file is a failure the user can act on', async () => {
  const { path: file } = await buildReferenceModel(mlpTabular, directory, { evaluateGraph });

  await expect(buildReferenceModel(mlpTabular, file, { evaluateGraph })).rejects.toMatchObject({
    code: 'STORAGE_UNUSABLE',
  });
});
