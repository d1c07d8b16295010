import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import {
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type GraphProtoSchema,
} from '../../../src/core/onnx/gen/onnx_pb.js';
import { quantizeModel, type QuantizeOptions } from '../../../src/core/quantize/quantize-model.ts';
import { engineEntryPath } from '../../../src/core/resources.ts';
import { recipeIdSchema } from '../../../src/shared/domain/quantization.ts';
import { floats, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';
import { runFloats } from '../../support/quantize-file.ts';
import { mountReadOnlyDisk } from '../../support/small-disk.ts';

const spawn = createNodeSpawner(engineEntryPath());
let directory: string;
let output: string;
let temporary: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-bad-input-'));
  output = path.join(directory, 'output');
  temporary = path.join(directory, 'temporary');
  for (const folder of [output, temporary]) await mkdir(folder);
});
afterEach(() => rm(directory, { recursive: true }));

function quantize(source: string, options: Partial<QuantizeOptions> = {}) {
  return quantizeModel(source, {
    recipe: 'int8-dynamic',
    target: path.join(output, 'quantized.onnx'),
    version: '1.2.3',
    spawn,
    temporaryFolder: temporary,
    dims: {},
    ...options,
  });
}

const width = 48;
/** x [1, 48] times a weight. */
const product = {
  name: 'product',
  input: [tensorInfo('x', [1, width])],
  output: [tensorInfo('y', [1, width])],
  initializer: [floats('w', [width, width])],
  node: [{ opType: 'MatMul', name: 'layer', input: ['x', 'w'], output: ['y'] }],
};

function write(graph: MessageInitShape<typeof GraphProtoSchema> = product): Promise<string> {
  return writeGraph(path.join(directory, 'model.onnx'), graph);
}

function startChild(source: string, recipe: string): ChildProcess {
  const env = { ...process.env, SOURCE: source, TARGET: path.join(output, 'quantized.onnx'), RECIPE: recipe };
  return fork(new URL('../../support/quantize-child.ts', import.meta.url), [], {
    env: { ...env, TEMPORARY: temporary },
    stdio: 'inherit',
  });
}

describe('a place that cannot be written to', () => {
  it('is said to be read-only', async (context) => {
    using disk = mountReadOnlyDisk(directory);
    if (disk === undefined) {
      context.skip('this system does not let the tests have a disk');
      return;
    }
    const target = path.join(disk.path, 'quantized.onnx');
    await expect(quantize(await write(), { target })).rejects.toMatchObject({ code: 'STORAGE_UNUSABLE' });
    expect(await readdir(disk.path)).toEqual([]);
  });

  it('is said to be a folder, before any work', async () => {
    const target = path.join(output, 'quantized.onnx');
    await mkdir(target);
    await expect(quantize(await write())).rejects.toMatchObject({
      code: 'USAGE',
      message: `${target} is a folder, so no model can be written there.`,
    });
    expect(await readdir(output)).toEqual(['quantized.onnx']);
  });

  it('is said to be none where a file is in the way', async () => {
    const source = await write();
    const target = path.join(source, 'quantized.onnx');
    await expect(quantize(source, { target })).rejects.toMatchObject({ code: 'STORAGE_UNUSABLE' });
  });
});

describe('a process that is killed', () => {
  it('leaves no model, and the next one removes what it left', async () => {
    const source = await write();
    const child = startChild(source, 'int8-dynamic');
    // The first share is sent when the file begins to be written.
    await once(child, 'message');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const left = await readdir(output);
    expect(left).not.toContain('quantized.onnx');
    expect(left.every((name) => name.startsWith('.quantized.onnx.'))).toBe(true);
    // Whether the kill was early enough to leave one or not, there is one now.
    await mkdir(path.join(output, `.quantized.onnx.${child.pid}-AbCdEf`), { recursive: true });
    await mkdir(path.join(output, `.other.onnx.${child.pid}-AbCdEf`));
    await mkdir(path.join(output, `.quantized.onnx.${process.pid}-AbCdEf`));
    await quantize(source);
    expect((await readdir(output)).toSorted()).toEqual([
      `.other.onnx.${child.pid}-AbCdEf`,
      `.quantized.onnx.${process.pid}-AbCdEf`,
      'quantized.onnx',
    ]);
  });
});

describe('names that a model should not have', () => {
  it.each([
    ['two weights', { initializer: [...product.initializer, floats('w', [width, 2])] }],
    ['a weight and a result', { node: [...product.node, { opType: 'Relu', input: ['x'], output: ['w'] }] }],
    ['two results', { node: [...product.node, { opType: 'Relu', input: ['x'], output: ['y'] }] }],
    ['an input and a result', { node: [...product.node, { opType: 'Relu', input: ['y'], output: ['x'] }] }],
  ])('are refused: %s of one', async (_, part) => {
    const source = await write({ ...product, ...part });
    await expect(quantize(source)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringMatching(/it has two tensors of the name "[wxy]"\.$/) as string,
    });
    expect(await readdir(output)).toEqual([]);
  });

  it.each(recipeIdSchema.options.filter((recipe) => recipe !== 'int8-static'))(
    'nodes without any are quantized by %s, and a weight that is computed too is left as it is',
    async (recipe) => {
      const source = await write({
        ...product,
        node: [
          { opType: 'MatMul', input: ['x', 'w'], output: ['a'] },
          { opType: 'MatMul', input: ['a', 'w'], output: ['b'] },
          // The same weight as data: it is needed in float32 too.
          { opType: 'MatMul', input: ['b', 'w'], output: ['c'] },
          { opType: 'Add', input: ['c', 'w'], output: ['d'] },
          { opType: 'ReduceMean', input: ['d'], output: ['e'] },
          { opType: 'Add', input: ['c', 'e'], output: ['y'] },
        ],
        initializer: [
          floats(
            'w',
            [width, width],
            Array.from({ length: width ** 2 }, (_, index) => (index % 7) / 99),
          ),
        ],
      });
      const before = await readFile(source);
      const { target, nodes } = await quantize(source, { recipe });
      expect(nodes.filter(({ outcome }) => outcome.kind === 'changed').map(({ node }) => node)).toEqual(
        expect.arrayContaining(['a', 'b', 'c']),
      );
      const feeds = {
        x: { dims: [1, width], data: Float32Array.from({ length: width }, (_, index) => Math.sin(index)) },
      };
      const [expected, found] = [await runFloats(source, feeds), await runFloats(target.path, feeds)];
      const largest = Math.max(...(expected.y ?? []).map(Math.abs));
      found.y?.forEach((value, index) =>
        expect(Math.abs(value - (expected.y?.[index] ?? NaN))).toBeLessThan(largest / 5),
      );
      expect(await readFile(source)).toEqual(before);
    },
  );
});

describe('weights', () => {
  it.each(['int8-weight', 'int4-weight'] as const)('that are not finite are refused by %s', async (recipe) => {
    const values = Array.from({ length: width * width }, (_, index) => (index === 77 ? -Infinity : 1));
    const source = await write({ ...product, initializer: [floats('w', [width, width], values)] });
    await expect(quantize(source, { recipe })).rejects.toMatchObject({ code: 'MODEL_WEIGHTS_NOT_FINITE' });
    expect(await readdir(output)).toEqual([]);
  });

  it('in an external file of more than 2 GiB are quantized with the memory of one of them', async () => {
    const side = 4096;
    const count = 6;
    const bytes = side * side * 4;
    const names = Array.from({ length: count }, (_, index) => `w${index}`);
    // A file with holes, which read as zeros, and 2 GiB of one before the weights; only the last of them has data.
    const skipped = 2 ** 31;
    const last = Float32Array.from({ length: side * side }, (_, index) => ((index * 37) % 199) - 99);
    {
      await using handle = await open(path.join(directory, 'model.data'), 'w');
      await handle.write(new Uint8Array(last.buffer), 0, bytes, skipped + (count - 1) * bytes);
    }
    const external = (name: string, dims: readonly number[], offset: number) => ({
      name,
      dims: dims.map(BigInt),
      dataType: DataType.FLOAT,
      dataLocation: DataLocation.EXTERNAL,
      externalData: [
        { key: 'location', value: 'model.data' },
        { key: 'offset', value: String(offset) },
      ],
    });
    const source = await write({
      name: 'large',
      input: [tensorInfo('x', [1, side])],
      output: [tensorInfo('y', [1, side])],
      initializer: [
        external('unread', [skipped / 4], 0),
        ...names.map((name, index) => external(name, [side, side], skipped + index * bytes)),
      ],
      node: [
        ...names.map((name) => ({ opType: 'MatMul', input: ['x', name], output: [`${name}x`] })),
        { opType: 'Sum', input: names.map((name) => `${name}x`), output: ['y'] },
      ],
    });
    const child = startChild(source, 'int8-dynamic');
    let peakBytes = Number.NaN;
    child.on('message', (message: { peakBytes?: number }) => (peakBytes = message.peakBytes ?? peakBytes));
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    // Node, one weight and its quantized form; all weights would be 400 MB more.
    expect(peakBytes).toBeLessThan(400e6);
    const target = path.join(output, 'quantized.onnx');
    const x = new Float32Array(side);
    x[5] = 1;
    const { y = new Float32Array() } = await runFloats(target, { x: { dims: [1, side], data: x } });
    expect(y).toHaveLength(side);
    y.forEach((value, column) => expect(Math.abs(value - (last[5 * side + column] ?? NaN))).toBeLessThan(1));
  }, 120_000);
});
