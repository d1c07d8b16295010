import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType as AttributeType } from '../../../src/core/onnx/gen/onnx_pb.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GraphProtoSchema } from '../../../src/core/onnx/gen/onnx_pb.js';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import { inspectModel } from '../../../src/core/onnx/inspect.ts';
import { readModel } from '../../../src/core/onnx/read.ts';
import { writeModel } from '../../../src/core/onnx/write.ts';
import { quantizeModel, type QuantizeOptions } from '../../../src/core/quantize/quantize-model.ts';
import { engineEntryPath } from '../../../src/core/resources.ts';
import { floats, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';
import { mountSmallDisk } from '../../support/small-disk.ts';

const spawn = createNodeSpawner(engineEntryPath());
let directory: string;
let models: string;
let output: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-quantize-'));
  models = path.join(directory, 'models');
  output = path.join(directory, 'output');
  for (const folder of [models, output, path.join(directory, 'temporary')]) await mkdir(folder);
});
afterEach(() => rm(directory, { recursive: true }));

const width = 48;

function ints(name: string, values: readonly number[]) {
  return { name, type: AttributeType.INTS, ints: values.map(BigInt) };
}

/** x [batch, 48] times a weight. */
function product(values?: readonly number[]) {
  return {
    name: 'product',
    input: [tensorInfo('x', ['batch', width])],
    output: [tensorInfo('y', ['batch', width])],
    initializer: [floats('w', [width, width], values)],
    node: [{ opType: 'MatMul', name: 'layer', input: ['x', 'w'], output: ['y'] }],
  };
}

function write(graph: MessageInitShape<typeof GraphProtoSchema>, versions = {}): Promise<string> {
  return writeGraph(path.join(models, 'model.onnx'), graph, versions);
}

function quantize(source: string, options: Partial<QuantizeOptions> = {}) {
  return quantizeModel(source, {
    recipe: 'int8-dynamic',
    target: path.join(output, 'quantized.onnx'),
    version: '1.2.3',
    spawn,
    temporaryFolder: path.join(directory, 'temporary'),
    dims: {},
    ...options,
  });
}

/** Nothing was written, and nothing of the work is left. */
async function expectNothingLeft(): Promise<void> {
  expect(await readdir(output)).toEqual([]);
  expect(await readdir(path.join(directory, 'temporary'))).toEqual([]);
}

async function expectRefused(work: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  await expect(work).rejects.toMatchObject({
    name: 'InferometerError',
    code,
    message: expect.stringMatching(message) as string,
  });
  await expectNothingLeft();
}

describe('a quantized model', () => {
  it.each(['int8-dynamic', 'int8-weight', 'int4-weight', 'fp16'] as const)(
    '%s is announced after it ran, says where it comes from, and has the same bytes each time',
    async (recipe) => {
      const source = await write(product());
      const before = await readFile(source);
      const shares: number[] = [];
      const done = await quantize(source, { recipe, onProgress: (share) => shares.push(share) });
      const again = await quantize(source, { recipe, target: path.join(output, 'again.onnx') });
      expect(done.check).toEqual({ ran: true, remark: null });
      expect(again.target.sha256).toBe(done.target.sha256);
      expect(await readFile(again.target.path)).toEqual(await readFile(done.target.path));
      expect(await readFile(source)).toEqual(before);
      const summary = await inspectModel(done.target.path);
      expect(summary).toMatchObject({ sha256: done.target.sha256, sizeBytes: done.target.sizeBytes });
      expect(summary.metadata).toEqual({
        'inferometer.recipe': recipe,
        'inferometer.parameters': JSON.stringify(done.parameters),
        'inferometer.excluded': '[]',
        'inferometer.source_sha256': (await inspectModel(source)).sha256,
        'inferometer.version': '1.2.3',
      });
      expect(done.target.sizeBytes).toBeLessThan(done.source.sizeBytes);
      expect((await readdir(output)).toSorted()).toEqual(['again.onnx', 'quantized.onnx']);
      expect(shares.at(-1)).toBe(1);
      expect(shares).toEqual(shares.toSorted((left, right) => left - right));
    },
  );

  it('is converted from an operator set that is too old for the recipe, and says so', async () => {
    const graph = product();
    const nodes = [
      { opType: 'Clip', input: ['x'], output: ['c'], attribute: [{ name: 'min', type: AttributeType.FLOAT, f: -1 }] },
      { opType: 'MatMul', input: ['c', 'w'], output: ['y'] },
    ];
    const source = await write({ ...graph, node: nodes }, { opset: 9, ir: 3 });
    const before = await readFile(source);
    const done = await quantize(source);
    expect(done).toMatchObject({ opsetUpgrade: { from: 9, to: 11 }, check: { ran: true, remark: null } });
    const summary = await inspectModel(done.target.path);
    expect(summary).toMatchObject({
      opsets: { 'ai.onnx': 11 },
      irVersion: 6,
      metadata: { 'inferometer.converted_from_opset': '9' },
    });
    expect(await readFile(source)).toEqual(before);
  });

  it('can be made of weights in an external file', async () => {
    const inline = await readModel(await write(product()));
    const source = path.join(models, 'external.onnx');
    const options = { thresholdBytes: 0, fileName: 'external.onnx.data' };
    await writeModel(inline.model, source, { externalData: options, tensorData: (name) => floatBytes(inline, name) });
    const fromExternal = await quantize(source);
    const fromInline = await quantize(inline.path, { target: path.join(output, 'inline.onnx') });
    const [left, right] = await Promise.all([fromExternal, fromInline].map(({ target }) => readModel(target.path)));
    expect(left?.graph).toEqual(right?.graph);
    expect(await readdir(models)).toHaveLength(3);
  });

  // The fault is that of ONNX Runtime 1.30 on x64.
  it.runIf(process.arch === 'x64')(
    'in float16 that the CPU cannot optimize is kept for GPUs, and says so',
    async () => {
      const source = await write({
        ...product(),
        input: [tensorInfo('x', ['batch', 'sequence', width])],
        output: [tensorInfo('y', ['sequence', 'batch', width])],
        node: [
          { opType: 'Transpose', input: ['x'], output: ['t'], attribute: [ints('perm', [1, 0, 2])] },
          { opType: 'MatMul', input: ['t', 'w'], output: ['y'] },
        ],
      });
      const { check } = await quantize(source, { recipe: 'fp16' });
      expect(check).toMatchObject({ ran: true, remark: expect.stringContaining('fails on the CPU') as string });
    },
  );

  it('may have two nodes of one name, which are excluded together', async () => {
    const graph = product();
    const source = await write({
      ...graph,
      output: [...graph.output, tensorInfo('z', ['batch', width])],
      node: [...graph.node, { opType: 'MatMul', name: 'layer', input: ['x', 'w'], output: ['z'] }],
    });
    const { nodes, check } = await quantize(source);
    expect(check).toEqual({ ran: true, remark: null });
    expect(nodes.map(({ node, outcome }) => [node, outcome.kind])).toEqual([
      ['layer', 'changed'],
      ['layer', 'changed'],
    ]);
    const work = quantize(source, { excluded: ['layer'] });
    await expect(work).rejects.toMatchObject({ code: 'MODEL_NOTHING_TO_QUANTIZE' });
  });

  it('whose inputs cannot be generated is only loaded, and says so', async () => {
    const done = await quantize(
      await write({
        ...product(),
        input: [tensorInfo('x', ['batch', 'width'])],
        output: [{ name: 'y' }],
      }),
    );
    expect(done.check).toMatchObject({ ran: false, reason: expect.stringContaining('does not run') as string });
    const sized = await quantize(path.join(models, 'model.onnx'), { dims: { width } });
    expect(sized.check).toEqual({ ran: true, remark: null });
  });
});

function floatBytes(loaded: Awaited<ReturnType<typeof readModel>>, name: string): Uint8Array {
  const count = loaded.graph.initializer.find((tensor) => tensor.name === name)?.dims.reduce((a, b) => a * b, 1n);
  return new Uint8Array(Float32Array.from({ length: Number(count) }, (_, index) => index % 7).buffer);
}

it('removes what killed processes left of every kind, and nothing of those that run', async () => {
  // No system gives a process such a number.
  const kinds = ['evaluation', 'trials', 'calibration', 'feed', 'outputs', 'inputs', 'simplified'];
  for (const kind of kinds) await writeFile(path.join(directory, 'temporary', `${kind}-99999999-aBcDeF`), '');
  const own = `trials-${process.pid}-aBcDeF`;
  await writeFile(path.join(directory, 'temporary', own), '');
  await quantize(await write(product()));
  expect(await readdir(path.join(directory, 'temporary'))).toEqual([own]);
});

describe('refused with a reason, and nothing is left', () => {
  it('a model that is quantized already', async () => {
    const done = await quantize(await write(product()), { target: path.join(models, 'done.onnx') });
    await expectRefused(
      quantize(done.target.path, { recipe: 'int4-weight' }),
      'MODEL_ALREADY_QUANTIZED',
      /DynamicQuantizeLinear/,
    );
  });

  it('a model without anything to quantize', async () => {
    const source = await write({ ...product(), node: [{ opType: 'Add', input: ['x', 'w'], output: ['y'] }] });
    await expectRefused(quantize(source), 'MODEL_NOTHING_TO_QUANTIZE', /no node that the recipe int8-dynamic/);
  });

  it('a model of which everything was excluded', async () => {
    const work = quantize(await write(product()), { excluded: ['layer'] });
    await expectRefused(work, 'MODEL_NOTHING_TO_QUANTIZE', /It was excluded\.$/);
  });

  it('an operator set that is too old for the recipe, where an operator cannot be converted, but not for another', async () => {
    const graph = product();
    const crop = { opType: 'Crop', name: 'edge', input: ['x4'], output: ['cropped'] };
    const source = await write(
      {
        ...graph,
        input: [...graph.input, tensorInfo('x4', [1, 1, 4, 4])],
        output: [...graph.output, tensorInfo('cropped', [1, 1, 2, 2])],
        node: [...graph.node, { ...crop, attribute: [ints('border', [1, 1, 1, 1])] }],
      },
      { opset: 9 },
    );
    await expectRefused(
      quantize(source),
      'MODEL_OPSET_TOO_OLD',
      /operator set 9, and 11 is needed\. Its node "edge" \(Crop\) cannot be converted: /,
    );
    expect(await quantize(source, { recipe: 'int4-weight' })).toMatchObject({
      opsetUpgrade: null,
      check: { ran: true },
    });
  });

  it.each([
    ['int8-dynamic', Number.NaN],
    ['int8-dynamic', Infinity],
    ['fp16', Number.NaN],
    ['fp16', -Infinity],
  ] as const)('for %s a weight that contains %d', async (recipe, bad) => {
    const values = Array.from({ length: width * width }, (_, index) => (index === 77 ? bad : 1));
    const source = await write(product(values));
    await expectRefused(
      quantize(source, { recipe }),
      'MODEL_WEIGHTS_NOT_FINITE',
      /weight "w" contains NaN or infinity/,
    );
  });

  it('an excluded node that does not exist', async () => {
    await expectRefused(quantize(await write(product()), { excluded: ['lair'] }), 'USAGE', /no node "lair"/);
  });

  it('a parameter that the recipe does not have, or a value that it does not take', async () => {
    const source = await write(product());
    await expectRefused(quantize(source, { parameters: { blockSize: 32 } }), 'USAGE', /has no parameter blockSize/);
    const work = quantize(source, { recipe: 'int4-weight', parameters: { blockSize: 48 } });
    await expectRefused(
      work,
      'USAGE',
      /blockSize of the recipe int4-weight is not valid: it must be one of 32, 128\.$/,
    );
  });

  it('a target that is the source itself, by any name', async () => {
    const source = await write(product());
    const before = await readFile(source);
    await expectRefused(quantize(source, { target: source }), 'USAGE', /would replace a file of the source/);
    await expectRefused(
      quantize(source, { target: path.join(output, '..', 'models', 'model.onnx') }),
      'USAGE',
      /replace/,
    );
    expect(await readFile(source)).toEqual(before);
  });

  it('a folder that does not exist', async () => {
    const target = path.join(output, 'no', 'such', 'folder.onnx');
    await expectRefused(quantize(await write(product()), { target }), 'STORAGE_UNUSABLE', /cannot be written/);
  });

  it('a model that ONNX Runtime does not take, in the words for the source', async () => {
    const graph = product();
    const lost = { opType: 'Relu', input: ['nowhere'], output: ['z'] };
    const source = await write({ ...graph, node: [...graph.node, lost], output: [...graph.output, { name: 'z' }] });
    await expectRefused(quantize(source), 'MODEL_INVALID', /ONNX Runtime refuses the model/);
  });

  it('work that was cancelled', async () => {
    const source = await write(product());
    const controller = new AbortController();
    const work = quantize(source, { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(work).rejects.toThrow();
    await expectNothingLeft();
  });

  it('a file that was there before stays when the work fails', async () => {
    const target = path.join(output, 'quantized.onnx');
    await writeFile(target, 'earlier');
    const values = Array.from({ length: width * width }, () => Number.NaN);
    await expect(quantize(await write(product(values)), { target })).rejects.toThrow(/NaN/);
    expect(await readFile(target, 'utf8')).toBe('earlier');
    expect(await readdir(output)).toHaveLength(1);
  });
});

it('a disk that fills up is said to be full, and is empty again', async (context) => {
  using disk = mountSmallDisk(directory);
  if (disk === undefined) {
    context.skip('this system does not let the tests have a disk');
    return;
  }
  const wide = 2400;
  const source = await write({
    ...product(),
    input: [tensorInfo('x', [1, wide])],
    output: [tensorInfo('y', [1, wide])],
    initializer: [floats('w', [wide, wide])],
  });
  const work = quantize(source, { target: path.join(disk.path, 'quantized.onnx') });
  await expect(work).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  expect(await readdir(disk.path)).toEqual([]);
  expect((await stat(source)).size).toBeGreaterThan(wide * wide * 4);
});
