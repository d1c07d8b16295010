import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create, equals, fromBinary } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ModelProto } from '../../../src/core/onnx/gen/onnx_pb.js';
import { ModelProtoSchema, TensorProto_DataType as DataType } from '../../../src/core/onnx/gen/onnx_pb.js';
import type { LoadedModel } from '../../../src/core/onnx/read.ts';
import { readModel } from '../../../src/core/onnx/read.ts';
import { readTensorBytes } from '../../../src/core/onnx/tensor-data.ts';
import { writeModel } from '../../../src/core/onnx/write.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-write-'));
});
afterEach(() => rm(directory, { recursive: true }));

function floatModel(sizes: Record<string, number>, withData: boolean): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: 'test',
    opsetImport: [{ domain: '', version: 17n }],
    graph: {
      name: 'g',
      node: [{ opType: 'Identity', input: ['a'], output: ['y'] }],
      initializer: Object.entries(sizes).map(([name, size], index) => ({
        name,
        dims: [BigInt(size)],
        dataType: DataType.FLOAT,
        ...(withData ? { rawData: floatBytes(size, index) } : {}),
      })),
      output: [{ name: 'y' }],
    },
    metadataProps: [{ key: 'k', value: 'v' }],
  });
}

function floatBytes(size: number, start: number): Uint8Array {
  return new Uint8Array(Float32Array.from({ length: size }, (_, index) => start + index / 8).buffer);
}

function findInitializer({ graph }: LoadedModel, name: string) {
  const tensor = graph.initializer.find((candidate) => candidate.name === name);
  if (!tensor) throw new Error(`no initializer ${name}`);
  return tensor;
}

function sha256(...parts: Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

describe('writeModel', () => {
  test('a protobuf parser reads back the same message', async () => {
    const model = floatModel({ a: 3, b: 400_000, c: 0 }, true);
    const target = path.join(directory, 'm.onnx');
    const written = await writeModel(model, target);
    const bytes = await readFile(target);
    expect(equals(ModelProtoSchema, fromBinary(ModelProtoSchema, bytes), model)).toBe(true);
    expect(written).toEqual({ sha256: sha256(bytes), sizeBytes: bytes.byteLength, externalFile: null });
    expect(await readdir(directory)).toEqual(['m.onnx']);
  });

  test('weights produced in pieces give the same file as weights held in memory', async () => {
    const whole = await writeModel(floatModel({ a: 1000, b: 70 }, true), path.join(directory, 'whole.onnx'));
    const lazy = await writeModel(floatModel({ a: 1000, b: 70 }, false), path.join(directory, 'lazy.onnx'), {
      *tensorData(name) {
        const bytes = floatBytes(name === 'a' ? 1000 : 70, name === 'a' ? 0 : 1);
        for (let at = 0; at < bytes.byteLength; at += 64) yield bytes.subarray(at, at + 64);
      },
    });
    expect(lazy).toEqual(whole);
  });

  test('external data is page aligned and hashed after the model', async () => {
    const model = floatModel({ a: 1000, small: 2, b: 2000 }, true);
    const target = path.join(directory, 'm.onnx');
    const written = await writeModel(model, target, { externalData: { thresholdBytes: 100, fileName: 'm.bin' } });
    const [modelBytes, data] = await Promise.all([readFile(target), readFile(path.join(directory, 'm.bin'))]);
    const parsed = fromBinary(ModelProtoSchema, modelBytes);
    const entries = parsed.graph?.initializer.map((tensor) =>
      Object.fromEntries(tensor.externalData.map((entry) => [entry.key, entry.value])),
    );
    expect(entries).toEqual([
      { location: 'm.bin', offset: '0', length: '4000' },
      {},
      { location: 'm.bin', offset: '4096', length: '8000' },
    ]);
    expect(data.subarray(4096)).toEqual(Buffer.from(floatBytes(2000, 2)));
    expect(written).toEqual({
      sha256: sha256(modelBytes, data),
      sizeBytes: modelBytes.byteLength + data.byteLength,
      externalFile: 'm.bin',
    });
  });

  test('a failure leaves the old file and nothing else', async () => {
    const target = path.join(directory, 'm.onnx');
    await writeFile(target, 'old');
    const failing = writeModel(floatModel({ a: 1000 }, false), target, { tensorData: () => new Uint8Array(3) });
    await expect(failing).rejects.toThrow('takes 4000 bytes but 3 were given');
    expect(await readdir(directory)).toEqual(['m.onnx']);
    expect(await readFile(target, 'utf8')).toBe('old');
  });

  test('weights in another file are written inline when their data is given', async () => {
    const source = path.join(directory, 'source.onnx');
    await writeModel(floatModel({ a: 1000 }, true), source, { externalData: { thresholdBytes: 1, fileName: 's.bin' } });
    const loaded = await readModel(source);
    const tensorData = (name: string) => readTensorBytes(loaded, findInitializer(loaded, name));
    const target = path.join(directory, 'inline.onnx');
    await writeModel(loaded.model, target, { tensorData });
    expect(
      equals(ModelProtoSchema, fromBinary(ModelProtoSchema, await readFile(target)), floatModel({ a: 1000 }, true)),
    ).toBe(true);
  });

  test('weights that the reader left in the file are never written as empty ones', async () => {
    const source = path.join(directory, 'source.onnx');
    await writeModel(floatModel({ a: 1000 }, true), source);
    const { model } = await readModel(source, { keepBytes: 100 });
    await expect(writeModel(model, path.join(directory, 'copy.onnx'))).rejects.toThrow('no data for tensor "a"');
    const nested = create(ModelProtoSchema, {
      graph: { node: [{ attribute: [{ name: 'value', t: model.graph?.initializer[0] }] }] },
    });
    await expect(writeModel(nested, path.join(directory, 'copy.onnx'))).rejects.toThrow('no data for tensor "a"');
  });

  test('a folder that does not exist is an expected failure', async () => {
    const target = path.join(directory, 'missing', 'm.onnx');
    await expect(writeModel(floatModel({}, true), target)).rejects.toMatchObject({ code: 'STORAGE_UNUSABLE' });
  });
});
