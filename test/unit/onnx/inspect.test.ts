import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ModelProtoSchema, TensorProto_DataType as DataType } from '../../../src/core/onnx/gen/onnx_pb.js';
import { inspectModel } from '../../../src/core/onnx/inspect.ts';
import { readModel } from '../../../src/core/onnx/read.ts';
import { readTensor } from '../../../src/core/onnx/tensor-data.ts';
import { writeModel } from '../../../src/core/onnx/write.ts';
import { modelSummarySchema } from '../../../src/shared/domain/model.ts';
import {
  externalGraph,
  floats,
  int64s,
  integer,
  modelBytes,
  tensorInfo,
  writeGraph,
} from '../../fixtures/onnx/build.ts';

const fixtures = path.join(import.meta.dirname, '../../fixtures/onnx');
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-inspect-'));
});
afterAll(() => rm(directory, { recursive: true }));
const at = (name: string): string => path.join(directory, name);

describe('a summary', () => {
  test('states what a model of the reference library contains', async () => {
    const file = path.join(fixtures, 'conv.onnx');
    const bytes = await readFile(file);
    const summary = await inspectModel(file);
    expect(modelSummarySchema.parse(summary)).toEqual({
      sha256: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.length,
      irVersion: 8,
      opsets: { 'ai.onnx': 17 },
      producer: 'fixture',
      inputs: [{ name: 'x', type: 'float32', dims: ['batch', 3, 16, 16] }],
      outputs: [{ name: 'y', type: 'float32', dims: ['batch', 5] }],
      operators: { Conv: 2, ConvTranspose: 1, Flatten: 1, Gemm: 1, GlobalAveragePool: 1, Relu: 1, Softmax: 1 },
      nodeCount: 8,
      // 4*3*3*3 + 4 + 4*3*3 + 4*6*2*2 + 5*6 + 5
      parameters: 279,
      weightBytes: 4 * 279,
      weightPrecision: { float32: 1 },
      externalData: false,
      externalFiles: [],
      metadata: {},
    });
  });

  test('counts operators in branches and in model-local functions', async () => {
    const { operators } = await inspectModel(path.join(fixtures, 'control.onnx'));
    expect(operators).toEqual({ Add: 1, Greater: 1, If: 1, Neg: 1, ReduceSum: 1, Relu: 1, 'local:Twice': 1 });
  });

  test('leaves out initializers that old files list as inputs', async () => {
    const graph = { ...externalGraph('none'), initializer: [floats('w', [4])] };
    const file = await writeGraph(
      at('old.onnx'),
      { ...graph, input: [...graph.input, tensorInfo('w', [4])] },
      { ir: 3 },
    );
    expect((await inspectModel(file)).inputs.map((input) => input.name)).toEqual(['x']);
  });

  test('keeps shape constants, scales and zero points out of the parameters', async () => {
    const quantized = { name: 'q', dims: [6n], dataType: DataType.INT8, rawData: new Uint8Array(6) };
    const bias = { name: 'b', dims: [2n], dataType: DataType.INT32, rawData: new Uint8Array(8) };
    const file = await writeGraph(at('qdq.onnx'), {
      node: [
        { opType: 'DequantizeLinear', input: ['q', 's'], output: ['w'] },
        { opType: 'DequantizeLinear', input: ['b', 's'], output: ['c'] },
        { opType: 'Reshape', input: ['w', 'shape'], output: ['y'] },
      ],
      initializer: [quantized, bias, floats('s', [1]), int64s('shape', [2, 3]), floats('unused', [100])],
      output: [tensorInfo('y', [2, 3])],
    });
    const { parameters, weightBytes, weightPrecision } = await inspectModel(file);
    expect({ parameters, weightBytes, weightPrecision }).toEqual({
      parameters: 8,
      weightBytes: 6 + 8 + 4,
      weightPrecision: { int8: 0.75, int32: 0.25 },
    });
  });

  test('counts 4-bit weights rather than the bytes that hold them', async () => {
    const packed = { name: 'q', dims: [8n, 1n, 16n], dataType: DataType.UINT8, rawData: new Uint8Array(128) };
    const attribute = [integer('K', 32), integer('N', 8), integer('bits', 4), integer('block_size', 32)];
    const node = { opType: 'MatMulNBits', domain: 'com.microsoft', input: ['x', 'q', 's'], output: ['y'], attribute };
    const file = await writeGraph(at('int4.onnx'), { node: [node], initializer: [packed, floats('s', [8, 1])] });
    const { parameters, weightBytes, weightPrecision } = await inspectModel(file);
    expect({ parameters, weightBytes, weightPrecision }).toEqual({
      parameters: 256,
      weightBytes: 128 + 32,
      weightPrecision: { int4: 1 },
    });
  });
});

describe('reading', () => {
  test('the hash and size of a model with external data are those that writing it returned', async () => {
    const graph = { ...externalGraph('none'), initializer: [floats('w', [4])] };
    const model = create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ version: 17n }], graph });
    const written = await writeModel(model, at('e.onnx'), { externalData: { thresholdBytes: 1, fileName: 'e.bin' } });
    const summary = await inspectModel(at('e.onnx'));
    expect(summary).toMatchObject({ sha256: written.sha256, sizeBytes: written.sizeBytes, externalData: true });
    const loaded = await readModel(at('e.onnx'));
    const tensor = loaded.graph.initializer[0];
    expect(tensor && [...readTensor(loaded, tensor).values]).toEqual([0, 1, 2, 3]);
  });

  test('weights of a large file are found but not read', async () => {
    const size = 200_000_000;
    const graph = { node: [{ opType: 'Relu', input: ['w'], output: ['y'] }], initializer: [floats('w', [1])] };
    const model = create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ version: 17n }], graph });
    const tensor = model.graph?.initializer[0];
    if (!tensor) throw new Error('no tensor');
    Object.assign(tensor, { dims: [BigInt(size / 4)], rawData: new Uint8Array() });
    const piece = new Uint8Array(1 << 20);
    await writeModel(model, at('large.onnx'), {
      *tensorData() {
        for (let left = size; left > 0; left -= piece.length) yield piece.subarray(0, Math.min(left, piece.length));
      },
    });
    const before = process.memoryUsage().rss;
    const loaded = await readModel(at('large.onnx'));
    expect(process.memoryUsage().rss - before).toBeLessThan(50e6);
    expect([...loaded.payloads.values()].flat()).toMatchObject([{ length: size }]);
    expect(loaded.graph.initializer[0]?.$unknown ?? []).toEqual([]);
  });

  test('a graph in two parts is one graph, as protobuf merges it', async () => {
    const first = modelBytes({
      node: [{ opType: 'Relu', input: ['w'], output: ['y'] }],
      initializer: [floats('w', [9])],
    });
    const second = modelBytes({
      node: [{ opType: 'Neg', input: ['v'], output: ['z'] }],
      initializer: [floats('v', [3])],
    });
    await writeFile(at('merged.onnx'), Buffer.concat([first, second]));
    const loaded = await readModel(at('merged.onnx'), { keepBytes: 0 });
    expect(loaded.graph.initializer.map((tensor) => [...readTensor(loaded, tensor).values])).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 0, 1],
      [0, 1, 2],
    ]);
  });

  test('an abort ends the reading', async () => {
    const reading = inspectModel(path.join(fixtures, 'conv.onnx'), { signal: AbortSignal.abort() });
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});
