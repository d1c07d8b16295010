import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digitsCnn } from '../../../src/core/models/digits-cnn.ts';
import type { Dataset, DatasetOptions } from '../../../src/core/models/inputs/dataset/dataset.ts';
import { readDataset } from '../../../src/core/models/inputs/dataset/read-dataset.ts';
import { readReferenceSamples } from '../../../src/core/models/inputs/dataset/reference-samples.ts';
import { TensorProtoSchema } from '../../../src/core/onnx/gen/onnx_pb.js';
import type { ElementType, TensorInfo } from '../../../src/shared/domain/model.ts';
import { InferometerError } from '../../../src/shared/errors.ts';
import { floats } from '../../fixtures/onnx/build.ts';
import { floatArray, longArray, toNpy, toZip } from '../../support/write-numpy.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-dataset-'));
});
afterAll(() => rm(directory, { recursive: true }));

const at = (name: string): string => path.join(directory, name);
const counting = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

function input(dims: TensorInfo['dims'], name = 'x', type: ElementType = 'float32'): TensorInfo {
  return { name, type, dims };
}

function optionsFor(inputs: TensorInfo[], more: Partial<DatasetOptions> = {}): DatasetOptions {
  const outputs = [{ name: 'scores', type: 'float32' as const, dims: ['batch', 3] }];
  return { model: { inputs, outputs }, batch: null, dims: {}, target: at('pool.bin'), ...more };
}

async function read(
  file: string,
  content: string | Uint8Array,
  inputs: TensorInfo[],
  more: Partial<DatasetOptions> = {},
): Promise<Dataset> {
  await mkdir(path.dirname(at(file)), { recursive: true });
  await writeFile(at(file), content);
  return readDataset(at(file), optionsFor(inputs, more));
}

/** The two sentences that a user reads. */
async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string; remedy: string }> {
  const error: unknown = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof InferometerError)) throw new Error(`Not an expected failure: ${String(error)}`);
  return { code: error.code, message: error.message.replaceAll(`${directory}/`, ''), remedy: error.remedy };
}

async function poolValues({ pool }: Dataset): Promise<number[]> {
  const bytes = await readFile(pool.path);
  return [...new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)];
}

describe('samples of a pool', () => {
  test('are batched as the model fixes it, and what fills no feed is left out and said', async () => {
    const found = await read('eleven.npy', toNpy(floatArray([11, 2], counting(22))), [input([4, 2])], {
      model: { inputs: [input([4, 2])], outputs: [{ name: 'y', type: 'float32', dims: [4, 3] }] },
    });
    expect(found.pool).toMatchObject({ feeds: 2, distinctSamples: 8, source: 'files', seed: null });
    expect(found.pool.tensors).toEqual([{ name: 'x', type: 'float32', dims: [4, 2], byteLength: 32 }]);
    expect(found.pool.remarks).toEqual([
      '3 samples of eleven.npy were left out, because they do not fill a feed of 4.',
    ]);
    expect(found).toMatchObject({ batch: 4, availableSamples: 11, description: 'eleven.npy, 8 of 11 samples' });
  });

  test('are hashed as they are written, and tell the sizes of symbolic dimensions', async () => {
    const found = await read('tokens.npy', toNpy(longArray(counting(12), [3, 4])), [
      input(['batch', 'sequence'], 'ids', 'int64'),
    ]);
    expect(found.dims).toEqual({ batch: 1, sequence: 4 });
    const hash = createHash('sha256').update(await readFile(found.pool.path));
    expect(found.pool.sha256).toBe(hash.digest('hex'));
  });

  test('that are too many are taken evenly spaced, with their labels', async () => {
    const archive = toZip(
      {
        'x.npy': toNpy(floatArray([9, 1], counting(9))),
        'labels.npy': toNpy(longArray([0, 0, 0, 1, 1, 1, 2, 2, 2])),
      },
      false,
    );
    const found = await read('sorted.npz', archive, [input(['batch', 1])], { maxSamples: 3 });
    expect(await poolValues(found)).toEqual([0, 3, 6]);
    expect([...(found.labels ?? [])]).toEqual([0, 1, 2]);
    expect(found.description).toBe('sorted.npz, 3 of 9 samples');
  });

  test('that would not fit into memory are fewer, and that is said', async () => {
    const found = await read('wide.npy', toNpy(floatArray([8, 4], counting(32))), [input(['batch', 4])], {
      maxPoolBytes: 50,
    });
    expect(found.pool.feeds).toBe(3);
    expect(found.pool.remarks).toEqual([
      '3 samples of wide.npy were taken, because more than 0 MiB are not held in memory.',
    ]);
  });

  test('keep one value that the model takes once in every feed', async () => {
    const archive = toZip(
      { 'x.npy': toNpy(floatArray([2, 1], [1, 2])), 'scale.npy': toNpy(floatArray([2], [7, 8])) },
      true,
    );
    const found = await read('constant.npz', archive, [input(['batch', 1]), input([2], 'scale')]);
    expect(await poolValues(found)).toEqual([1, 7, 8, 2, 7, 8]);
  });

  test('may be stacked as feeds of one', async () => {
    const found = await read('feeds.npy', toNpy(floatArray([3, 1, 2], counting(6))), [input([1, 2])]);
    expect(await poolValues(found)).toEqual(counting(6));
  });

  test('of a model without a batch are whole tensors', async () => {
    const found = await read('waves.npy', toNpy(floatArray([2, 3], counting(6))), [input(['time'])]);
    expect(found.pool.tensors[0]?.dims).toEqual([3]);
    expect(found.dims).toEqual({ time: 3 });
  });

  test('come from a folder with an array for each input', async () => {
    await mkdir(at('arrays'), { recursive: true });
    await writeFile(at('arrays/a.npy'), toNpy(floatArray([2, 1], [1, 2])));
    await writeFile(at('arrays/b.npy'), toNpy(longArray([3, 4], [2, 1])));
    await writeFile(at('arrays/labels.npy'), toNpy(longArray([2, 0])));
    const inputs = [input(['batch', 1], 'b'), input(['batch', 1], 'a')];
    const found = await readDataset(at('arrays'), optionsFor(inputs));
    expect(await poolValues(found)).toEqual([3, 1, 4, 2]);
    expect([...(found.labels ?? [])]).toEqual([2, 0]);
  });

  test('come from recorded sets of one shape, whose leading axes are joined', async () => {
    for (const [set, values] of [
      [1, 2],
      [3, 4],
      [5, 6],
    ].entries()) {
      await mkdir(at(`zoo/test_data_set_${set}`), { recursive: true });
      const tensor = create(TensorProtoSchema, floats('x', [2, 1], values));
      await writeFile(at(`zoo/test_data_set_${set}/input_0.pb`), toBinary(TensorProtoSchema, tensor));
    }
    const found = await readDataset(at('zoo'), optionsFor([input(['batch', 1])], { batch: 3 }));
    expect(found.pool).toMatchObject({ feeds: 2, distinctSamples: 6 });
    expect(await poolValues(found)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('of digits-cnn are those of its training for calibration and the held-out ones for evaluation', async () => {
    const { inputs, outputs } = digitsCnn;
    const model = {
      inputs: inputs.map(({ name, type, dims }) => ({ name, type, dims: [...dims] })),
      outputs: outputs.map(({ name, dims }) => ({ name, type: 'float32' as const, dims: [...dims] })),
    };
    const options = { ...optionsFor([]), model };
    const hashes = new Map<string, Set<string>>();
    for (const part of ['training', 'held-out'] as const) {
      const found = await readReferenceSamples(digitsCnn, part, options);
      const bytes = await readFile(options.target);
      const samples = Array.from({ length: found?.pool.feeds ?? 0 }, (_, feed) =>
        bytes.subarray(feed * 256, (feed + 1) * 256).toString('hex'),
      );
      hashes.set(part, new Set(samples));
      expect(found?.labels?.length).toBe(samples.length);
    }
    expect([...(hashes.get('training') ?? [])].filter((sample) => hashes.get('held-out')?.has(sample))).toEqual([]);
    expect([...hashes.values()].map(({ size }) => size)).toEqual([1257, 540]);
  });
});

describe('a table', () => {
  test('gives its columns in order, with quotes, other separators and empty lines', async () => {
    const found = await read('quoted.csv', '\uFEFFa;"b ""2""";label\r\n1.5;"2";0\r\n\r\n -3e1 ;.5;2', [
      input(['batch', 2]),
    ]);
    expect(await poolValues(found)).toEqual([1.5, 2, -30, 0.5]);
    expect([...(found.labels ?? [])]).toEqual([0, 2]);
  });

  test('needs no header, and fills the shape of a sample row by row', async () => {
    const found = await read('plain.csv', '1,2,3,4\n5,6,7,8\n', [input(['batch', 1, 2, 2])]);
    expect(found.pool.tensors[0]?.dims).toEqual([1, 1, 2, 2]);
    expect(await poolValues(found)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(found.labels).toBeNull();
  });

  test('gives several inputs the columns of their names', async () => {
    const found = await read('named.csv', 'age,label,income\n1,0,2\n3,1,4\n', [
      input(['batch', 1], 'income'),
      input(['batch', 1], 'age'),
    ]);
    expect(await poolValues(found)).toEqual([2, 1, 4, 3]);
  });

  test.each([
    ['a,b\n1,\n', 'has no value in column b on line 2.', 'Fill missing values'],
    ['1,2\n3,NaN\n', 'has no value in column 2 on line 2.', 'Fill missing values'],
    ['1,2\n3,4,5\n', 'has 3 fields on line 2, and 2 before.', 'the same columns'],
    ['a,b\n1,2\n"3\n",4\n5,red\n', 'has "red" in column b on line 5, which is no number.', 'Encode categories'],
    ['a,a\n1,2\n', 'has two columns "a".', 'its own name'],
    ['', 'is empty.', 'a row of numbers'],
    ['a,b\n', 'has names of columns and no row of numbers.', 'a row of numbers'],
    ['a,b\n1,2\n"3,4\n', 'has a quote on line 3 that is not closed', 'Double quotes'],
    ['1,2,3\n', 'has 3 columns of features, and a sample of "x" takes 2 values.', 'name the column with the class'],
    ['a,b,label\n1,2,7\n', 'has the label 7 for sample 1', 'index of the class'],
    ['a,b,label\n1,2,0.5\n', 'holds 0.5, where int32 needs a whole number', 'as the model was trained with'],
    ['1,2\n\0', 'is no text in UTF-8.', 'CSV in UTF-8'],
  ])('%j is refused', async (content, message, remedy) => {
    const found = await refusal(read('bad.csv', content, [input(['batch', 2])]));
    expect(found.code).toBe('INPUTS_INVALID');
    expect(found.message).toContain(`bad.csv ${message}`);
    expect(found.remedy).toContain(remedy);
  });
});

describe('arrays are refused', () => {
  const two = [input(['batch', 2], 'ids', 'int64'), input(['batch', 2], 'mask', 'int64')];
  const one = toNpy(floatArray([2, 2], counting(4)));
  const cases: [what: string, file: string, content: Uint8Array, inputs: TensorInfo[], message: string][] = [
    ['a wrong shape', 'bad.npy', one, [input(['batch', 3])], '[2, 2], and "x" takes [samples, 3].'],
    ['no sample', 'bad.npy', toNpy(floatArray([0, 2], [])), [input(['batch', 2])], 'holds no sample.'],
    ['a cut file', 'bad.npy', one.subarray(0, -1), [input(['batch', 2])], 'is cut short: 16 bytes of data'],
    ['a cut header', 'bad.npy', one.subarray(0, 40), [input(['batch', 2])], 'is cut short: its header'],
    ['an empty file', 'bad.npy', new Uint8Array(), [input(['batch', 2])], 'is no array of NumPy'],
    ['more than its shape', 'bad.npy', Buffer.concat([one, one]), [input(['batch', 2])], 'bytes more than its shape'],
    ['an input of text', 'bad.npy', one, [input(['batch', 2], 'x', 'string')], 'is of type string'],
    ['a missing array', 'bad.npz', toZip({ 'ids.npy': one }, true), two, 'no array for the input "mask"'],
    ['an unknown array', 'bad.npz', toZip({ 'foo.npy': one }, true), two, 'an array "foo", and the model has no such'],
    ['one array for two inputs', 'bad.npy', one, two, 'is one array, and the model has 2 inputs'],
    ['no array', 'bad.npz', toZip({}, true), two, 'holds no array'],
    ['no archive', 'bad.npz', Buffer.from('PK'), two, 'is no zip archive, or it was cut short'],
    ['a broken number', 'bad.npy', one, [input(['batch', 2], 'x', 'bool')], 'holds 2, where bool needs 0 or 1'],
  ];
  test.each(cases)('for %s', async (_, file, content, inputs, message) => {
    const found = await refusal(read(file, content, inputs));
    expect(found.code).toBe('INPUTS_INVALID');
    expect(found.message).toContain(message);
    expect(found.remedy).toMatch(/^[A-Z].*[.:)]$/);
  });

  test.each([
    ['>f4', 'is big endian (">f4")'],
    ['|O', 'holds Python objects, which are never loaded'],
    ['<U3', 'holds text'],
    ['<c8', 'holds complex numbers'],
  ])('of type %s', async (descriptor, message) => {
    const content = toNpy({ descriptor, dims: [1, 2], data: new Uint8Array(8) });
    expect((await refusal(read('type.npy', content, [input(['batch', 2])]))).message).toContain(message);
  });

  test('with NaN, and with numbers that the input cannot hold, each named', async () => {
    const nan = toNpy(floatArray([2, 2], [1, 2, 3, NaN]));
    expect((await refusal(read('nan.npy', nan, [input(['batch', 2])]))).message).toBe(
      'nan.npy holds NaN, which is no value, in sample 2 at element 2.',
    );
    const large = { descriptor: '<f8', dims: [1, 2], data: new Uint8Array(Float64Array.of(1, 1e300).buffer) };
    expect((await refusal(read('large.npy', toNpy(large), [input(['batch', 2])]))).message).toContain('1e+300');
    const odd = toNpy(longArray([1, 2 ** 24 + 1], [1, 2]));
    expect((await refusal(read('odd.npy', odd, [input(['batch', 2])]))).message).toContain('16777217');
  });

  test('with labels of another number, and of another shape', async () => {
    const x = toNpy(floatArray([2, 2], counting(4)));
    const few = toZip({ 'x.npy': x, 'labels.npy': toNpy(longArray([1])) }, true);
    expect((await refusal(read('few.npz', few, [input(['batch', 2])]))).message).toContain('1 labels for 2 samples');
    const hot = toZip({ 'x.npy': x, 'labels.npy': toNpy(longArray(counting(4), [2, 2])) }, true);
    expect((await refusal(read('hot.npz', hot, [input(['batch', 2])]))).remedy).toContain('argmax');
  });

  test('with a checksum that is another', async () => {
    const archive = toZip({ 'x.npy': toNpy(floatArray([2, 2], [1, 2, 3, 4])) }, false);
    archive[archive.indexOf(Buffer.from(Float32Array.of(3).buffer))] = 1;
    const found = await refusal(read('checksum.npz', archive, [input(['batch', 2])]));
    expect(found.message).toContain('checksum');
  });

  test('that disagree with each other, or with what was asked', async () => {
    const archive = toZip(
      { 'ids.npy': toNpy(longArray(counting(8), [2, 4])), 'mask.npy': toNpy(longArray(counting(6), [2, 3])) },
      true,
    );
    const inputs = ['ids', 'mask'].map((name) => input(['batch', 'sequence'], name, 'int64'));
    const found = await refusal(read('differ.npz', archive, inputs));
    expect(found.message).toContain('has 3 for the dimension "sequence", which is 4 otherwise');
    const ids = toNpy(longArray(counting(8), [2, 4]));
    const asked = await refusal(read('ids.npy', ids, inputs.slice(0, 1), { dims: { sequence: 128 } }));
    expect(asked.remedy).toContain('--dim sequence=128');
  });

  test('whose header asks for a sample beyond all measure, or for samples without end that are empty', async () => {
    const header = toNpy({ descriptor: '<f4', dims: [1, 2 ** 32], data: new Uint8Array() });
    await using file = await open(at('vast.npy'), 'w');
    await file.write(header);
    await file.truncate(header.length + 2 ** 34);
    const vast = await refusal(readDataset(at('vast.npy'), optionsFor([input(['batch', 'width'])])));
    expect(vast.message).toBe('One feed of vast.npy would take 16384 MiB, more than a model can be given at once.');
    const hollow = toNpy({ descriptor: '<f4', dims: [1e15, 0], data: new Uint8Array() });
    const empty = await refusal(read('empty.npy', hollow, [input(['batch', 'width'])]));
    expect(empty.message).toBe('The samples of empty.npy have no element.');
  });

  test('where there are too few to keep some apart', async () => {
    const three = toNpy(floatArray([3, 1], [1, 2, 3]));
    const found = await refusal(read('three.npy', three, [input(['batch', 1])], { part: 'evaluation' }));
    expect(found.message).toBe('three.npy holds 3 samples, too few to keep some apart for evaluation.');
  });

  test('where there is nothing that is known', async () => {
    const options = optionsFor([input(['batch', 1])]);
    expect((await refusal(readDataset(at('nothing'), options))).message).toBe(
      'There is no file or folder nothing that can be read.',
    );
    await mkdir(at('hollow'), { recursive: true });
    expect((await refusal(readDataset(at('hollow'), options))).message).toBe('The folder hollow holds no data set.');
    await writeFile(at('photo.jpg'), 'x');
    expect((await refusal(readDataset(at('photo.jpg'), options))).remedy).toContain('an .npz file');
  });
});

test(
  'a file larger than memory should hold is read in bounded memory, in either order',
  { timeout: 120_000 },
  async () => {
    const samples = 300_000;
    const file = at('large.npy');
    for (const isFortran of [false, true]) {
      const header = toNpy({ descriptor: '<f4', dims: [samples, 256], data: new Uint8Array(0) }, { isFortran });
      await using handle = await open(file, 'w');
      await handle.write(header);
      // A sparse file of zeros: 300 MB that take no place on the disk.
      await handle.truncate(header.length + samples * 256 * 4);
      const before = process.memoryUsage.rss();
      const { pool } = await readDataset(file, optionsFor([input(['batch', 256])], { maxSamples: 100 }));
      expect(pool.distinctSamples).toBe(100);
      expect(process.memoryUsage.rss() - before).toBeLessThan(200e6);
    }
  },
);
