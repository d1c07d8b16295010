import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeDataDependence } from '../../../src/core/models/inputs/data-dependence.ts';
import type { GenerateOptions, ResolvedInput } from '../../../src/core/models/inputs/generate-inputs.ts';
import { generateInputs } from '../../../src/core/models/inputs/generate-inputs.ts';
import { findInputHints } from '../../../src/core/models/inputs/input-hints.ts';
import { readModel } from '../../../src/core/onnx/read.ts';
import type { ElementType } from '../../../src/shared/domain/model.ts';
import { floats, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';

const fixtures = path.join(import.meta.dirname, '../../fixtures/onnx');
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-inputs-'));
});
afterAll(() => rm(directory, { recursive: true }));

const float = (name: string, dims: number[]): ResolvedInput => ({ name, type: 'float32', dims });
const int64 = (name: string, dims: number[]): ResolvedInput => ({ name, type: 'int64', dims });

/** Generates a pool and decodes it: for each input the values of each feed. */
async function generate(inputs: ResolvedInput[], options: Partial<GenerateOptions> = {}) {
  const target = path.join(directory, 'pool.bin');
  const pool = await generateInputs({ inputs, batch: 1, seed: 7, target, ...options });
  const bytes = await readFile(target);
  const values: Record<string, number[][]> = {};
  let at = 0;
  for (let feed = 0; feed < pool.feeds; feed++) {
    for (const { name, type, byteLength } of pool.tensors) {
      (values[name] ??= []).push(decode(Uint8Array.from(bytes.subarray(at, at + byteLength)).buffer, type));
      at += byteLength;
    }
  }
  expect(at).toBe(bytes.length);
  return { pool, bytes, values };
}

function decode(buffer: ArrayBuffer, type: ElementType): number[] {
  if (type === 'int64') return Array.from(new BigInt64Array(buffer), Number);
  if (type === 'float32') return [...new Float32Array(buffer)];
  if (type === 'float16') return Array.from(new Uint16Array(buffer), (bits) => bits);
  return [...new Uint8Array(buffer)];
}

const unique = (lists: number[][]): number => new Set(lists.map((list) => list.join())).size;
const mean = (list: number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;

describe('a pool', () => {
  test('has 64 distinct samples, the same for the same seed and others for another', async () => {
    const { pool, bytes, values } = await generate([float('x', [1, 10])]);
    expect(pool).toMatchObject({ feeds: 64, distinctSamples: 64, source: 'generated', seed: 7 });
    expect(pool.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(unique(values.x ?? [])).toBe(64);
    expect((await generate([float('x', [1, 10])])).pool.sha256).toBe(pool.sha256);
    expect((await generate([float('x', [1, 10])], { seed: 8 })).pool.sha256).not.toBe(pool.sha256);
  });

  test.each([
    [8, 8, 64],
    [64, 4, 256],
    [100, 4, 400],
  ])('at batch %d has %d feeds', async (batch, feeds, distinctSamples) => {
    const { pool } = await generate([float('x', [batch, 2])], { batch });
    expect(pool).toMatchObject({ feeds, distinctSamples });
  });

  test('has fewer queries rather than more bytes than the limit, but always one', async () => {
    const input = [float('x', [1, 100])];
    expect((await generate(input, { maxPoolBytes: 1300 })).pool).toMatchObject({ feeds: 3, distinctSamples: 3 });
    expect((await generate(input, { maxPoolBytes: 10 })).pool.feeds).toBe(1);
  });

  test('refuses text', async () => {
    const input: ResolvedInput = { name: 's', type: 'string', dims: [1] };
    await expect(generate([input])).rejects.toMatchObject({ code: 'INPUTS_INVALID' });
  });
});

describe('values', () => {
  test('token ids lie within the embedding that the graph looks them up in', async () => {
    const loaded = await readModel(path.join(fixtures, 'text.onnx'));
    const hints = findInputHints(loaded);
    expect(hints).toEqual({
      input_ids: { kind: 'tokens', vocabulary: 50 },
      attention_mask: { kind: 'mask' },
      token_type_ids: { kind: 'segments', count: 2 },
    });
    const inputs = ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => int64(name, [4, 32]));
    const { values } = await generate(inputs, { hints, batch: 4 });
    const ids = (values.input_ids ?? []).flat();
    expect([Math.min(...ids), Math.max(...ids)]).toEqual([0, 49]);
    expect(new Set(values.token_type_ids?.flat())).toEqual(new Set([0, 1]));
  });

  test('padding is at the end and the same in the mask and the ids', async () => {
    const hints = { ids: { kind: 'tokens', vocabulary: 100 } } as const;
    const { values } = await generate([int64('ids', [1, 32]), int64('mask', [1, 32])], { hints });
    for (const [feed, mask] of (values.mask ?? []).entries()) {
      const real = mask.lastIndexOf(1) + 1;
      expect(real).toBeGreaterThanOrEqual(16);
      expect(mask).toEqual(mask.map((_, index) => (index < real ? 1 : 0)));
      expect(values.ids?.[feed]?.map((id) => (id > 0 ? 1 : 0))).toEqual(mask);
    }
  });

  test('a step with a cache has no padding and goes on counting after it', async () => {
    const inputs = [int64('input_ids', [1, 1]), int64('attention_mask', [1, 9]), int64('position_ids', [1, 1])];
    const { values } = await generate([...inputs, float('past_key_values.0.key', [1, 2, 8, 4])]);
    expect(values.attention_mask?.[0]).toEqual(Array(9).fill(1));
    expect(values.position_ids?.[0]).toEqual([8]);
    const cache = values['past_key_values.0.key']?.flat() ?? [];
    expect(mean(cache.map((value) => value * value))).toBeCloseTo(0.09, 1);
  });

  test('images are smooth, centred and different from one another', async () => {
    const { values } = await generate([float('image', [1, 3, 32, 32])]);
    const images = values.image ?? [];
    const pixels = images.flat();
    expect(mean(pixels)).toBeCloseTo(0, 0);
    expect(Math.sqrt(mean(pixels.map((value) => value ** 2)))).toBeGreaterThan(0.7);
    // Neighbours agree far more than strangers: no white noise.
    const steps = images.flatMap((image) => image.slice(1).map((value, index) => (value - (image[index] ?? 0)) ** 2));
    expect(mean(steps)).toBeLessThan(0.5 * mean(pixels.map((value) => value ** 2)));
    expect(unique(images)).toBe(64);
  });

  test('images with channels last are smooth within a channel', async () => {
    const { values } = await generate([{ name: 'image', type: 'uint8', dims: [1, 32, 32, 3] }]);
    const image = values.image?.[0] ?? [];
    const differences = (step: number) =>
      mean(image.slice(step).map((value, index) => Math.abs(value - (image[index] ?? 0))));
    expect(differences(3)).toBeLessThan(30);
    expect(Math.max(...image)).toBeGreaterThan(130);
  });

  test('half precision carries the same numbers', async () => {
    const { values } = await generate([{ name: 'x', type: 'float16', dims: [1, 1000] }]);
    const numbers = (values.x ?? []).flat().map((bits) => {
      const exponent = (bits >> 10) & 31;
      return (bits & 0x8000 ? -1 : 1) * (1 + (bits & 0x3ff) / 1024) * 2 ** (exponent - 15);
    });
    expect(mean(numbers)).toBeCloseTo(0, 1);
    expect(mean(numbers.map((value) => value ** 2))).toBeCloseTo(1, 1);
  });

  test('an integer input of unknown range is remarked on', async () => {
    const { pool, values } = await generate([int64('mode', [1, 3])]);
    expect(new Set(values.mode?.flat())).toEqual(new Set([0, 1]));
    expect(pool.remarks).toEqual([expect.stringContaining('"mode"')]);
  });

  test('64 pictures of 224 x 224 take less than a second of processor time', async () => {
    const target = path.join(directory, 'images.bin');
    const start = process.cpuUsage();
    await generateInputs({ inputs: [float('image', [1, 3, 224, 224])], batch: 1, seed: 1, target });
    expect(process.cpuUsage(start).user).toBeLessThan(1e6);
  });
});

describe('data-dependent work', () => {
  const dependence = async (node: object[], initializer: object[] = []) => {
    const graph = { node, initializer, input: [tensorInfo('x', [4])], output: [tensorInfo('y', [4])] };
    return describeDataDependence(await readModel(await writeGraph(path.join(directory, 'm.onnx'), graph)));
  };

  test('a branch on values is named', async () => {
    const loaded = await readModel(path.join(fixtures, 'control.onnx'));
    expect(describeDataDependence(loaded)).toBe('If "if" branches on values of the inputs');
  });

  test('a selection by values is named', async () => {
    expect(await dependence([{ opType: 'NonZero', input: ['x'], output: ['y'] }])).toContain('NonZero');
  });

  test('what depends on the shape of the input is not', async () => {
    const shape = { opType: 'Shape', input: ['x'], output: ['s'] };
    expect(await dependence([shape, { opType: 'NonZero', input: ['s'], output: ['y'] }])).toBeNull();
  });

  test('a loop that computes its own end is named, one that runs a fixed number of times is not', async () => {
    const body = (operator: string) => ({
      node: [{ opType: operator, input: ['c'], output: ['d'] }],
      input: [tensorInfo('i', []), tensorInfo('c', [])],
      output: [tensorInfo('d', [])],
    });
    const loop = (operator: string) => [
      { opType: 'Loop', input: ['n', ''], output: ['y'], attribute: [{ name: 'body', g: body(operator) }] },
    ];
    expect(await dependence(loop('Not'), [floats('n', [1])])).toContain('Loop');
    expect(await dependence(loop('Identity'), [floats('n', [1])])).toBeNull();
  });
});
