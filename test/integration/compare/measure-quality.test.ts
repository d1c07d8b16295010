import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureQuality } from '../../../src/core/compare/quality/measure-quality.ts';
import { recordOutputs } from '../../../src/core/compare/quality/record-outputs.ts';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import { plainSession } from '../../../src/core/engine-client/session-config.ts';
import { readDigits } from '../../../src/core/models/building/digits-data.ts';
import type { InputPool } from '../../../src/core/models/inputs/generate-inputs.ts';
import { engineEntryPath, resourcePath } from '../../../src/core/resources.ts';
import { quantizeFile, runFloats } from '../../support/quantize-file.ts';
import { writeMatrixChain } from '../../support/slow-model.ts';
import { writePool } from '../../support/write-pool.ts';

const spawn = createNodeSpawner(engineEntryPath());
const batch = 50;
let folder: string;
let source: string;
let digits: Awaited<ReturnType<typeof readDigits>>;
let pool: InputPool;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'quality-'));
  source = path.join(folder, 'digits.onnx');
  await copyFile(resourcePath('models', 'digits', 'digits-cnn.onnx'), source);
  digits = await readDigits('held-out');
  // 540 images in feeds of 50: the last feed has ten that are padding.
  pool = await writePool(
    path.join(folder, 'digits.bin'),
    { name: 'image', dims: digits.featureDims, values: digits.features },
    batch,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function compare(candidate: string, labels: ArrayLike<number> | null, more = {}) {
  return measureQuality({
    spawn,
    baseline: plainSession(source, { threads: 1 }),
    candidate: plainSession(candidate, { threads: 1 }),
    pool,
    batch,
    labels,
    voidReason: null,
    temporaryFolder: folder,
    ...more,
  });
}

function classesOf(scores: Float32Array): number[] {
  return Array.from({ length: scores.length / 10 }, (_, row) => {
    const one = [...scores.subarray(row * 10, row * 10 + 10)];
    return one.indexOf(Math.max(...one));
  });
}

describe('quality of a quantized model', () => {
  it('is what one run over all samples gives, with accuracy, McNemar and agreement', async () => {
    const { path: candidate } = await quantizeFile(source, 'int4-weight', { blockSize: 128 });
    const shares: number[] = [];
    const { quality, peakRss } = await compare(candidate, digits.labels, {
      onProgress: (share: number) => shares.push(share),
    });
    const feed = { image: { dims: [540, 1, 8, 8], data: digits.features } };
    const [one, other] = [(await runFloats(source, feed)).logits!, (await runFloats(candidate, feed)).logits!];
    const [expected, found] = [classesOf(one), classesOf(other)];
    const correct = (classes: number[]) => classes.filter((value, index) => value === digits.labels[index]).length;

    expect(quality).toMatchObject({ source: 'labelled', samples: 540, voidReason: null, remarks: [] });
    expect(quality!.labelled).toMatchObject({
      samples: 540,
      baseline: { value: correct(expected) / 540 },
      candidate: { value: correct(found) / 540 },
    });
    const [agreement] = quality!.outputs;
    const agreed = expected.filter((value, index) => value === found[index]).length;
    expect(agreed).toBeLessThan(540);
    expect(agreement).toMatchObject({
      output: 'logits',
      samples: 540,
      elements: 10,
      top1: { value: agreed / 540, n: 540 },
    });
    const mean = Array.from(
      { length: 10 },
      (_, index) => one.filter((_value, at) => at % 10 === index).reduce((a, b) => a + b, 0) / 540,
    );
    let [errors, spread] = [0, 0];
    one.forEach((value, index) => {
      errors += (other[index]! - value) ** 2;
      spread += (value - mean[index % 10]!) ** 2;
    });
    expect(agreement!.centredRelativeError).toBeCloseTo(Math.sqrt(errors / spread), 4);
    expect(agreement!.sqnrDb).toBeCloseTo(10 * Math.log10(spread / errors), 1);
    expect(peakRss.baseline).toBeGreaterThan(1e6);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((left, right) => left - right));
  });

  it('of a model with itself is perfect', async () => {
    const { quality } = await compare(source, null);
    expect(quality).toMatchObject({ source: 'files', labelled: null });
    expect(quality!.outputs[0]).toMatchObject({
      centredRelativeError: 0,
      sqnrDb: null,
      maxError: 0,
      softmaxKl: 0,
      top1: { value: 1 },
    });
  });

  it('refuses a label that is no class, by its sample', async () => {
    const labels = Int32Array.from(digits.labels);
    labels[7] = 10;
    await expect(compare(source, labels)).rejects.toMatchObject({
      code: 'INPUTS_INVALID',
      data: { sample: 7, label: 10, classes: 10 },
    });
  });

  it('says that only some inputs were compared where the outputs are too large to keep', async () => {
    const recorded = await recordOutputs({
      spawn,
      session: plainSession(source),
      pool,
      temporaryFolder: folder,
      maxBytes: 3.5 * batch * 40,
    });
    expect(recorded).toMatchObject({ feeds: 3, cut: true, names: ['logits'] });
    expect((await recorded.read(2)).logits).toMatchObject({ type: 'float32', dims: [batch, 10] });
    await recorded[Symbol.asyncDispose]();
  });
});

it('stops within a second of a cancellation and leaves no file', async () => {
  const chain = path.join(folder, 'chain.onnx');
  await writeMatrixChain(chain, 12);
  const size = 256;
  const slow = await writePool(
    path.join(folder, 'chain.bin'),
    { name: 'x', dims: [size, size], values: new Float32Array(400 * size * size) },
    1,
  );
  const controller = new AbortController();
  let cancelledAt = 0;
  const work = measureQuality({
    spawn,
    baseline: plainSession(chain),
    candidate: plainSession(chain),
    pool: slow,
    batch: 1,
    labels: null,
    voidReason: null,
    temporaryFolder: folder,
    signal: controller.signal,
    onProgress: () => {
      cancelledAt ||= performance.now();
      controller.abort();
    },
  });
  await expect(work).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(performance.now() - cancelledAt).toBeLessThan(1000);
  expect((await readdir(folder)).filter((name) => name.startsWith('outputs-'))).toEqual([]);
});
