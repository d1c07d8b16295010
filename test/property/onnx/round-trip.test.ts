import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create, equals } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ModelProtoSchema, TensorProto_DataType as DataType } from '../../../src/core/onnx/gen/onnx_pb.js';
import { hashModel } from '../../../src/core/onnx/inspect.ts';
import { readModel } from '../../../src/core/onnx/read.ts';
import { readTensorBytes } from '../../../src/core/onnx/tensor-data.ts';
import { writeModel } from '../../../src/core/onnx/write.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-round-trip-'));
});
afterAll(() => rm(directory, { recursive: true }));

const weights = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
const metadata = fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 3 });

function toModel(data: readonly Uint8Array[], properties: Record<string, string>) {
  const initializer = data.map((rawData, index) => ({
    name: `w${index}`,
    dims: [BigInt(rawData.length)],
    dataType: DataType.UINT8,
    rawData,
  }));
  const node = data.map((_, index) => ({ opType: 'Identity', input: [`w${index}`], output: [`y${index}`] }));
  const metadataProps = Object.entries(properties).map(([key, value]) => ({ key, value }));
  return create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ version: 17n }],
    graph: { node, initializer },
    metadataProps,
  });
}

test('what is written is read back, wherever the weights are kept', async () => {
  const place = fc.record({ thresholdBytes: fc.integer({ min: 0, max: 200 }), fileName: fc.constant('w.bin') });
  await fc.assert(
    fc.asyncProperty(
      weights,
      metadata,
      fc.option(place),
      fc.constantFrom(0, 50, Infinity),
      async (data, props, external, keepBytes) => {
        const file = path.join(directory, 'm.onnx');
        const model = toModel(data, props);
        const written = await writeModel(model, file, external ? { externalData: external } : {});
        const loaded = await readModel(file, { keepBytes });
        expect(await hashModel(loaded)).toBe(written.sha256);
        expect(loaded.graph.initializer.map((tensor) => [...readTensorBytes(loaded, tensor)])).toEqual(
          data.map((bytes) => [...bytes]),
        );
        if (!external && keepBytes === Infinity && data.every((bytes) => bytes.length > 0)) {
          expect(equals(ModelProtoSchema, loaded.model, model)).toBe(true);
        }
      },
    ),
    { numRuns: 60 },
  );
});
