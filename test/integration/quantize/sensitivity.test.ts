import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import type { Dataset } from '../../../src/core/models/inputs/dataset/dataset.ts';
import { readDataset } from '../../../src/core/models/inputs/dataset/read-dataset.ts';
import { inspectModel } from '../../../src/core/onnx/inspect.ts';
import { quantizeModel } from '../../../src/core/quantize/quantize-model.ts';
import { chooseExclusions, type ChooseOptions } from '../../../src/core/quantize/sensitivity/choose-exclusions.ts';
import { engineEntryPath } from '../../../src/core/resources.ts';
import type { RecipeId } from '../../../src/shared/domain/quantization.ts';
import type { SensitivityProgress } from '../../../src/shared/domain/sensitivity.ts';
import { floats, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';
import { runFloats } from '../../support/quantize-file.ts';
import { floatArray, longArray, toNpy, toZip } from '../../support/write-numpy.ts';

const spawn = createNodeSpawner(engineEntryPath());
const width = 32;
const classes = 4;
const samples = 96;
const layers = ['first', 'planted', 'third', 'last'];

let directory: string;
let temporaryFolder: string;
let source: string;
let evaluation: Dataset;
let unlabelled: Dataset;

/** Numbers without a pattern, about normal. */
function noise(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const uniform = (salt: number): number =>
      Math.abs(Math.sin((index + 1) * 12.9898 + salt * 78.233) * 43758.5453) % 1;
    return Math.sqrt(-2 * Math.log(1 - uniform(seed))) * Math.cos(2 * Math.PI * uniform(seed + 0.5));
  });
}

/**
 * Four products with Tanh between them. One weight of the second is so large that with one scale for all the others
 * become zero, and what it computes is read by nothing, so that it is the scale alone that does harm.
 */
async function writePlanted(): Promise<string> {
  const weights = layers.map((name, layer) => {
    const columns = name === 'last' ? classes : width;
    const values = noise(width * columns, layer + 1).map((value) => (2 * value) / Math.sqrt(width));
    if (name === 'planted') values[0] = 3000;
    if (name === 'third') values.fill(0, 0, columns);
    return floats(`${name}_weight`, [width, columns], values);
  });
  const node = layers.flatMap((name, layer) => {
    const input = layer === 0 ? 'x' : `${layers[layer - 1]}_out`;
    const product = name === 'last' ? 'scores' : `${name}_product`;
    const tanh = { opType: 'Tanh', input: [product], output: [`${name}_out`] };
    return [
      { opType: 'MatMul', name, input: [input, `${name}_weight`], output: [product] },
      ...(name === 'last' ? [] : [tanh]),
    ];
  });
  return writeGraph(path.join(directory, 'planted.onnx'), {
    name: 'g',
    input: [tensorInfo('x', ['batch', width])],
    output: [tensorInfo('scores', ['batch', classes])],
    initializer: weights,
    node,
  });
}

async function readSamples(name: string, labels: readonly number[] | null, values: number[]): Promise<Dataset> {
  const x = toNpy(floatArray([samples, width], values));
  const files = labels === null ? { 'x.npy': x } : { 'x.npy': x, 'labels.npy': toNpy(longArray(labels)) };
  await writeFile(path.join(directory, name), toZip(files, true));
  const model = await inspectModel(source);
  const target = path.join(directory, `${name}.bin`);
  return readDataset(path.join(directory, name), { model, batch: null, dims: {}, target });
}

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-sensitivity-'));
  temporaryFolder = path.join(directory, 'temporary');
  await mkdir(temporaryFolder);
  source = await writePlanted();
  const values = noise(samples * width, 9);
  const { scores = new Float32Array() } = await runFloats(source, {
    x: { dims: [samples, width], data: Float32Array.from(values) },
  });
  const labels = Array.from({ length: samples }, (_, sample) => {
    const row = scores.subarray(sample * classes, (sample + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
  evaluation = await readSamples('labelled.npz', labels, values);
  unlabelled = await readSamples('plain.npz', null, values);
});
afterAll(() => rm(directory, { recursive: true }));

function choose(recipe: RecipeId, more: Partial<ChooseOptions> = {}) {
  return chooseExclusions(source, {
    recipe,
    parameters: recipe === 'int8-dynamic' || recipe === 'int8-static' ? { perChannel: false } : {},
    spawn,
    temporaryFolder,
    dims: {},
    evaluation,
    bound: null,
    voidReason: null,
    ...more,
  });
}

describe('one weight that spoils the scale of its node', () => {
  it.each(['int8-dynamic', 'int8-static'] as const)(
    'is named first by %s, and its node alone is left',
    async (recipe) => {
      const progress: SensitivityProgress[] = [];
      const found = await choose(recipe, {
        bound: 0.05,
        onProgress: (one) => progress.push(one),
        ...(recipe === 'int8-static' ? { calibration: unlabelled.pool } : {}),
      });
      expect(found.measure).toBe('accuracy');
      expect(found.all.accuracy?.source.value).toBe(1);
      expect(found.all.loss?.value).toBeGreaterThan(0.3);
      expect(found.scan?.nodes[0]?.node).toBe('planted');
      expect(found.excluded).toEqual(['planted']);
      expect(found.reached.loss?.value).toBeLessThanOrEqual(0.05);
      expect(found.reached.loss?.interval).not.toBeNull();
      expect(found.scan?.nodes.map(({ node }) => node)).toEqual(expect.arrayContaining(layers));
      expect(found.modelsTried).toBe(2 + (found.scan?.nodes.length ?? 0));
      expect(new Set(progress.map(({ stage }) => stage))).toEqual(new Set(['source', 'all', 'scan', 'search']));
      const scanning = progress.filter(({ stage }) => stage === 'scan');
      expect(scanning[0]?.remainingS).toBeNull();
      expect(scanning.at(-1)?.remainingS).toBeGreaterThan(0);
      expect(await readdir(temporaryFolder)).toEqual([]);
    },
  );

  it('gives the quality that was promised when the variant is made', async () => {
    const { excluded, reached } = await choose('int8-dynamic', { bound: 0.05 });
    const target = path.join(directory, 'kept.onnx');
    const parameters = { perChannel: false };
    const common = { spawn, temporaryFolder, dims: {}, version: '1', recipe: 'int8-dynamic' as const, parameters };
    await quantizeModel(source, { ...common, excluded, target });
    const values = Float32Array.from(noise(samples * width, 9));
    const { scores = new Float32Array() } = await runFloats(target, { x: { dims: [samples, width], data: values } });
    const right = [...(evaluation.labels ?? [])].filter((label, sample) => {
      const row = scores.subarray(sample * classes, (sample + 1) * classes);
      return row.indexOf(Math.max(...row)) === label;
    });
    expect(right.length / samples).toBeCloseTo(1 - (reached.loss?.value ?? 0), 10);
  });

  it('is found without labels, by how often the largest score is another', async () => {
    const found = await choose('int8-dynamic', { bound: 0.05, evaluation: unlabelled });
    expect(found.measure).toBe('top-1');
    expect(found.all.accuracy).toBeNull();
    expect(found.excluded).toEqual(['planted']);
    expect(found.reached.loss?.value).toBeLessThanOrEqual(0.05);
  });
});

describe('a model that loses little', () => {
  it('is left as it is, without ranking its nodes', async () => {
    const found = await choose('int8-weight', { bound: 0.1 });
    expect(found).toMatchObject({ excluded: [], scan: null, modelsTried: 1, bound: 0.1 });
    expect(found.reached).toEqual(found.all);
  });

  it.each(['int4-weight', 'fp16'] as const)('has its nodes ranked with %s where no bound is given', async (recipe) => {
    const found = await choose(recipe);
    const errors = found.scan?.nodes.map(({ error }) => error ?? Infinity) ?? [];
    expect(errors).toHaveLength(layers.length);
    expect(errors).toEqual(errors.toSorted((one, other) => other - one));
    expect(found.excluded).toEqual([]);
    expect(found.remarks.some((remark) => remark.includes('computes float16 in float32'))).toBe(recipe === 'fp16');
  });
});

describe('a bound is refused', () => {
  it('where the data says nothing about the task', async () => {
    await expect(choose('int8-dynamic', { bound: 0.01, voidReason: 'Inputs were generated.' })).rejects.toMatchObject({
      code: 'USAGE',
      message: 'A bound on quality means nothing here: Inputs were generated.',
    });
  });

  it('where no exclusion meets it, with the node that costs most', async () => {
    const failing = choose('int4-weight', { bound: 0, evaluation: unlabelled });
    await expect(failing).rejects.toMatchObject({ code: 'QUALITY_BOUND_MISSED' });
    await expect(failing).rejects.toThrow(/costs most/);
  });
});

it('stops when it is cancelled, and leaves nothing', async () => {
  const controller = new AbortController();
  const running = choose('int8-dynamic', {
    bound: 0.05,
    signal: controller.signal,
    onProgress: ({ stage }) => {
      if (stage === 'scan') controller.abort();
    },
  });
  await expect(running).rejects.toThrow();
  expect(await readdir(temporaryFolder)).toEqual([]);
});
