import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { create, toBinary } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { importModel } from '../../../src/core/models/import/import-model.ts';
import { readTestDataSets, writeTestDataPool } from '../../../src/core/models/import/test-data-sets.ts';
import { TensorProtoSchema } from '../../../src/core/onnx/gen/onnx_pb.js';
import type { TensorInfo } from '../../../src/shared/domain/model.ts';
import { floats, int64s } from '../../fixtures/onnx/build.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-import-'));
});
afterEach(() => rm(directory, { recursive: true }));

const inputs: TensorInfo[] = [
  { name: 'x', type: 'float32', dims: ['batch', 2] },
  { name: 'ids', type: 'int64', dims: [3] },
];
const outputs: TensorInfo[] = [{ name: 'y', type: 'float32', dims: ['batch'] }];

async function put(set: string, file: string, tensor: MessageInitShape<typeof TensorProtoSchema>): Promise<void> {
  await mkdir(path.join(directory, set), { recursive: true });
  await writeFile(path.join(directory, set, file), toBinary(TensorProtoSchema, create(TensorProtoSchema, tensor)));
}

async function putSet(set: string, first: number): Promise<void> {
  await put(set, 'input_0.pb', floats('', [1, 2], [first, 2]));
  await put(set, 'input_1.pb', int64s('', [4, 5, 6]));
  await put(set, 'output_0.pb', floats('', [1], [9]));
}

test('importing names a model after its file and leaves the file where it is', async () => {
  const file = path.join(import.meta.dirname, '../../fixtures/onnx/conv.onnx');
  expect(await importModel(file)).toMatchObject({ name: 'conv', path: file, summary: { parameters: 279 } });
  expect(await importModel(file, { name: 'mine' })).toMatchObject({ name: 'mine' });
});

describe('test data sets', () => {
  test('are read in numerical order and matched to the inputs by number', async () => {
    for (const [index, first] of [
      [10, 3],
      [2, 2],
      [0, 1],
    ] as const)
      await putSet(`test_data_set_${index}`, first);
    const sets = await readTestDataSets(directory, inputs, outputs);
    expect(sets.map((set) => set.name)).toEqual(['test_data_set_0', 'test_data_set_2', 'test_data_set_10']);
    expect(sets[1]?.inputs.map(({ name, type, dims }) => [name, type, dims])).toEqual([
      ['x', 'float32', [1, 2]],
      ['ids', 'int64', [3]],
    ]);
    expect(sets[1]?.outputs).toMatchObject([{ name: 'y', dims: [1] }]);

    const pool = await writeTestDataPool(sets, 1, path.join(directory, 'pool.bin'));
    expect(pool).toMatchObject({ feeds: 3, source: 'files', seed: null });
    const bytes = await readFile(pool.path);
    const feedBytes = pool.tensors.reduce((sum, tensor) => sum + tensor.byteLength, 0);
    expect([0, 1, 2].map((feed) => bytes.readFloatLE(feed * feedBytes))).toEqual([1, 2, 3]);
    expect(bytes.readBigInt64LE(feedBytes - 8)).toBe(6n);
  });

  test('are matched by name where the files carry the names of the model', async () => {
    await put('test_data_set_0', 'input_0.pb', int64s('ids', [1, 2, 3]));
    await put('test_data_set_0', 'input_1.pb', floats('x', [1, 2]));
    const [set] = await readTestDataSets(directory, inputs, outputs);
    expect(set?.inputs.map((tensor) => tensor.type)).toEqual(['float32', 'int64']);
  });

  const problems: [string, () => Promise<void>, RegExp][] = [
    ['no set at all', () => Promise.resolve(), /no folder test_data_set_0/],
    [
      'a missing input',
      () => put('test_data_set_0', 'input_0.pb', floats('', [1, 2])),
      /1 inputs where the model needs 2/,
    ],
    [
      'a tensor of another type',
      async () => {
        await putSet('test_data_set_0', 1);
        await put('test_data_set_0', 'input_0.pb', int64s('', [1, 2]));
      },
      /holds int64 \[2\], but "x" is float32 \[batch, 2\]/,
    ],
    [
      'a sequence of tensors',
      async () => {
        await putSet('test_data_set_0', 1);
        // SequenceProto: name, element type and a list of tensors.
        const tensor = toBinary(TensorProtoSchema, create(TensorProtoSchema, floats('', [1])));
        const sequence = Buffer.concat([Buffer.from([0x0a, 1, 0x61, 0x10, 1, 0x1a, tensor.length]), tensor]);
        await writeFile(path.join(directory, 'test_data_set_0/input_0.pb'), sequence);
      },
      /does not hold a numeric tensor/,
    ],
  ];
  test.each(problems)('%s is refused', async (_, prepare, message) => {
    await prepare();
    const reading = readTestDataSets(directory, inputs, outputs);
    await expect(reading).rejects.toMatchObject({ code: 'INPUTS_INVALID' });
    await expect(reading).rejects.toThrow(message);
  });

  test('of different shapes do not go into one pool', async () => {
    await putSet('test_data_set_0', 1);
    await putSet('test_data_set_1', 1);
    await put('test_data_set_1', 'input_0.pb', floats('', [2, 2]));
    const sets = await readTestDataSets(directory, inputs, outputs);
    const target = path.join(directory, 'pool.bin');
    await expect(writeTestDataPool(sets, 1, target)).rejects.toMatchObject({ code: 'INPUTS_INVALID' });
  });
});
