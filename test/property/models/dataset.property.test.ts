import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DatasetOptions } from '../../../src/core/models/inputs/dataset/dataset.ts';
import { partLength, samplePosition } from '../../../src/core/models/inputs/dataset/choose-samples.ts';
import { convertElements } from '../../../src/core/models/inputs/dataset/convert-elements.ts';
import { toHalf } from '../../../src/core/models/inputs/dataset/element-layout.ts';
import { readDataset } from '../../../src/core/models/inputs/dataset/read-dataset.ts';
import { toNumbers } from '../../../src/core/onnx/tensor-values.ts';
import type { ElementType } from '../../../src/shared/domain/model.ts';
import { InferometerError } from '../../../src/shared/errors.ts';
import { floatArray, longArray, toNpy, toZip, type NumpyArray } from '../../support/write-numpy.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-dataset-'));
});
afterAll(() => rm(directory, { recursive: true }));

const types: Readonly<Record<string, { type: ElementType; bytes: number }>> = {
  '<f2': { type: 'float16', bytes: 2 },
  '<f4': { type: 'float32', bytes: 4 },
  '<f8': { type: 'float64', bytes: 8 },
  '|i1': { type: 'int8', bytes: 1 },
  '<i2': { type: 'int16', bytes: 2 },
  '<i4': { type: 'int32', bytes: 4 },
  '<i8': { type: 'int64', bytes: 8 },
  '|u1': { type: 'uint8', bytes: 1 },
  '<u2': { type: 'uint16', bytes: 2 },
  '<u4': { type: 'uint32', bytes: 4 },
  '<u8': { type: 'uint64', bytes: 8 },
  '|b1': { type: 'bool', bytes: 1 },
};

/** An array of any type and shape; bytes small enough to be finite floats and true or false. */
const anyArray = fc
  .record({
    descriptor: fc.constantFrom(...Object.keys(types)),
    dims: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
    seed: fc.infiniteStream(fc.integer({ min: 0, max: 1 })),
  })
  .map(({ descriptor, dims, seed }): NumpyArray => {
    const length = dims.reduce((product, dim) => product * dim, types[descriptor]?.bytes ?? 0);
    return { descriptor, dims, data: Uint8Array.from(seed.take(length)) };
  });

function optionsFor(arrays: Readonly<Record<string, NumpyArray>>): DatasetOptions {
  const inputs = Object.entries(arrays).map(([name, { descriptor, dims }]) => ({
    name,
    type: types[descriptor]?.type ?? ('other' as const),
    dims: ['batch', ...dims.slice(1)],
  }));
  const outputs = [{ name: 'y', type: 'float32' as const, dims: ['batch', 10] }];
  return { model: { inputs, outputs }, batch: null, dims: {}, target: path.join(directory, 'pool.bin') };
}

test('an .npy file gives its samples byte for byte, whatever its version, type, shape and order', async () => {
  const file = path.join(directory, 'any.npy');
  await fc.assert(
    fc.asyncProperty(anyArray, fc.constantFrom(1, 2, 3), fc.boolean(), async (array, version, isFortran) => {
      await writeFile(file, toNpy(array, { version: version, isFortran }));
      const { pool } = await readDataset(file, optionsFor({ x: array }));
      expect(pool.distinctSamples).toBe(array.dims[0]);
      expect(Buffer.compare(await readFile(pool.path), array.data)).toBe(0);
    }),
    { numRuns: 200 },
  );
});

test('an .npz file gives the arrays of every input feed by feed, stored or deflated, with its labels', async () => {
  const file = path.join(directory, 'any.npz');
  const case_ = fc.record({
    samples: fc.integer({ min: 1, max: 5 }),
    one: anyArray,
    other: anyArray,
    isDeflated: fc.boolean(),
    isFortran: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(case_, async ({ samples, one, other, isDeflated, isFortran }) => {
      const arrays = { one: withSamples(one, samples), 'model/other': withSamples(other, samples) };
      const labels = Array.from({ length: samples }, (_, sample) => sample);
      const files = Object.entries({ ...arrays, labels: longArray(labels) }).map(
        ([name, array]) => [`${name}.npy`, toNpy(array, { isFortran })] as const,
      );
      await writeFile(file, toZip(Object.fromEntries(files), isDeflated));
      const found = await readDataset(file, optionsFor(arrays));
      expect([...(found.labels ?? [])]).toEqual(labels);
      const feeds = labels.flatMap((sample) => Object.values(arrays).map((array) => sampleOf(array, sample)));
      expect(Buffer.compare(await readFile(found.pool.path), Buffer.concat(feeds))).toBe(0);
    }),
    { numRuns: 100 },
  );
});

function withSamples({ descriptor, dims, data }: NumpyArray, samples: number): NumpyArray {
  const size = data.byteLength / (dims[0] ?? 1);
  const sample = data.subarray(0, size);
  const filled = Buffer.concat(Array.from({ length: samples }, (_, index) => sample.map((byte) => byte ^ (index & 1))));
  return { descriptor, dims: [samples, ...dims.slice(1)], data: filled };
}

function sampleOf({ dims, data }: NumpyArray, sample: number): Uint8Array {
  const size = data.byteLength / (dims[0] ?? 1);
  return data.subarray(sample * size, (sample + 1) * size);
}

test('a damaged file is read or refused with a reason', async () => {
  const array = floatArray([6, 3], Array(18).keys());
  const intact = {
    'damaged.npy': toNpy(array),
    'damaged.npz': toZip({ 'x.npy': toNpy(array), 'labels.npy': toNpy(longArray([0, 1, 2, 3, 4, 5])) }, true),
    'damaged.csv': Buffer.from('a,b,"c",label\n1,2,3,0\r\n4,5,"6",1\n'),
  };
  const damage = fc.record({
    file: fc.constantFrom(...(Object.keys(intact) as (keyof typeof intact)[])),
    cut: fc.double({ min: 0, max: 1, noNaN: true }),
    isCut: fc.boolean(),
    changes: fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), { maxLength: 6 }),
  });
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(damage, async ({ file, cut, isCut, changes }) => {
      const bytes = Buffer.from(intact[file]);
      for (const [where, value] of changes) bytes[Math.floor(where * bytes.length)] = value;
      await writeFile(path.join(directory, file), isCut ? bytes.subarray(0, Math.floor(cut * bytes.length)) : bytes);
      outcomes.add(await outcomeOf(path.join(directory, file), array));
    }),
    { numRuns: 1500 },
  );
  expect([...outcomes].toSorted()).toEqual(['INPUTS_INVALID', 'read']);
});

test('random bytes are refused under any name', async () => {
  const array = floatArray([1, 3], [1, 2, 3]);
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom('', '\x93NUMPY\x01\0', 'PK\x03\x04', 'a,b,c\n'),
      fc.constantFrom('random.npy', 'random.npz'),
      async (bytes, start, name) => {
        await writeFile(path.join(directory, name), Buffer.concat([Buffer.from(start, 'latin1'), bytes]));
        expect(await outcomeOf(path.join(directory, name), array)).toBe('INPUTS_INVALID');
      },
    ),
    { numRuns: 500 },
  );
});

/** What came of reading; anything that is no expected failure is thrown on. */
async function outcomeOf(file: string, array: NumpyArray): Promise<string> {
  try {
    await readDataset(file, optionsFor({ x: array }));
    return 'read';
  } catch (error) {
    if (error instanceof InferometerError && error.message !== '' && error.remedy !== '') return error.code;
    throw error;
  }
}

function fromHalf(bits: number): number {
  return toNumbers({ type: 'float16', data: Uint16Array.of(bits) })?.[0] ?? NaN;
}

test('float16 holds what it can, and the nearest of what it cannot', () => {
  const every = Array.from({ length: 2 ** 16 }, (_, bits) => bits).filter((bits) => !Number.isNaN(fromHalf(bits)));
  expect(every.filter((bits) => toHalf(fromHalf(bits)) !== bits)).toEqual([]);
  fc.assert(
    fc.property(fc.double({ min: -65504, max: 65504, noNaN: true }), (value) => {
      const found = fromHalf(toHalf(value));
      const bits = toHalf(value);
      for (const neighbour of [bits - 1, bits + 1]) {
        const other = fromHalf(neighbour & 0xffff);
        if (Number.isFinite(other)) expect(Math.abs(found - value)).toBeLessThanOrEqual(Math.abs(other - value));
      }
    }),
  );
});

test('an integer survives a conversion or is refused', () => {
  const integerTypes = Object.values(types).filter(({ type }) => !type.startsWith('float') && type !== 'bool');
  fc.assert(
    fc.property(
      fc.maxSafeInteger(),
      fc.constantFrom(...integerTypes.map(({ type }) => type), 'float32' as const, 'float64' as const),
      (value, to) => {
        const bytes = new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
        const converted = convertElements(bytes, 'int64', to);
        if (!(converted instanceof Uint8Array)) return;
        const back = convertElements(converted, to, 'int64');
        expect(back).toEqual(bytes);
      },
    ),
  );
});

test('the parts of a data set share no sample and leave none out', () => {
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 500 }), (samples) => {
      const of = (part: 'calibration' | 'evaluation'): number[] => {
        const count = partLength(samples, part);
        return Array.from({ length: count }, (_, nth) => samplePosition(nth, count, samples, part));
      };
      const together = [...of('calibration'), ...of('evaluation')].toSorted((one, other) => one - other);
      expect(together).toEqual(Array.from({ length: samples }, (_, index) => index));
    }),
  );
});

test('a choice of samples rises and is spread over the whole set', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.double({ min: 0.01, max: 1, noNaN: true }), (samples, share) => {
      const count = Math.max(1, Math.floor(samples * share));
      const chosen = Array.from({ length: count }, (_, nth) => samplePosition(nth, count, samples, 'all'));
      expect(new Set(chosen).size).toBe(count);
      expect(chosen.toSorted((one, other) => one - other)).toEqual(chosen);
      expect(chosen.at(-1)).toBeGreaterThanOrEqual(samples - Math.ceil(samples / count));
    }),
  );
});
