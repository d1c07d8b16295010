import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildReferenceModel } from '../../../src/core/models/building/build-reference-model.ts';
import { digitsCnn } from '../../../src/core/models/digits-cnn.ts';
import { readDigits } from '../../../src/core/models/building/digits-data.ts';
import { evaluateGraph } from '../../support/evaluate-graph.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'digits-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('the shipped network classifies at least 97 % of the images it was not trained on', async () => {
  const built = await buildReferenceModel(digitsCnn, directory, { evaluateGraph });
  const { features, featureDims, labels } = await readDigits('held-out');

  const feeds = { image: { type: 'float32' as const, dims: [labels.length, ...featureDims], data: features } };
  const { logits } = await evaluateGraph(built.path, feeds, ['logits']);
  const scores = logits?.data as Float32Array;
  const right = labels.filter((label, row) => {
    const own = scores.subarray(row * 10, row * 10 + 10);
    return own.indexOf(Math.max(...own)) === label;
  }).length;

  expect(labels).toHaveLength(540);
  expect(right / labels.length).toBeGreaterThanOrEqual(0.97);
});

test('no held-out image is among the training images', async () => {
  const [training, heldOut] = await Promise.all([readDigits('training'), readDigits('held-out')]);
  const images = (features: Float32Array) =>
    Array.from({ length: features.length / 64 }, (_, row) => features.slice(row * 64, row * 64 + 64).join());
  const trained = new Set(images(training.features));

  expect(training.labels.length + heldOut.labels.length).toBe(1797);
  expect(images(heldOut.features).filter((image) => trained.has(image))).toEqual([]);
});

test('the record of the copy states the hash of its bytes', async () => {
  const built = await buildReferenceModel(digitsCnn, directory, { evaluateGraph });
  const bytes = await readFile(built.path);

  expect(built.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(built.sizeBytes).toBe(bytes.byteLength);
});
