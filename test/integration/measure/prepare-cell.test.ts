import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { checkCell, prepareCell } from '../../../src/core/measure/prepare-cell.ts';
import type { ResolvedModel } from '../../../src/core/models/resolve-model.ts';
import { DataType } from '../../../src/core/onnx/element-types.ts';
import { TensorProtoSchema } from '../../../src/core/onnx/gen/onnx_pb.js';
import { inspectModel } from '../../../src/core/onnx/inspect.ts';
import { resourcePath } from '../../../src/core/resources.ts';
import type { CellConfig } from '../../../src/shared/domain/plan.ts';
import { integer, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';

let folder: string;
let core: Core;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'prepare-cell-'));
  core = createCore({ dataDirectory: path.join(folder, 'data') });
});
afterAll(async () => {
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

async function modelAt(file: string): Promise<ResolvedModel> {
  return { id: file, path: file, summary: await inspectModel(file), reference: null };
}

function configOf(model: ResolvedModel, batch: number): CellConfig {
  return { model: model.id, provider: 'cpu', scenario: 'offline', batch, threads: 1, dims: {}, seed: 0 };
}

async function putTensor(set: string, file: string, dims: number[], dataType: number, values: ArrayBufferView) {
  await mkdir(path.join(folder, set, 'test_data_set_0'), { recursive: true });
  const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const tensor = create(TensorProtoSchema, { dims: dims.map(BigInt), dataType, rawData });
  await writeFile(path.join(folder, set, 'test_data_set_0', file), toBinary(TensorProtoSchema, tensor));
}

describe('recorded inputs', () => {
  it('do not take a batch that nothing in them carries', async () => {
    const model = await modelAt(resourcePath('engine', 'identity.onnx'));
    await putTensor('vector', 'input_0.pb', [4], DataType.FLOAT, new Float32Array(4));
    const check = (batch: number) =>
      checkCell({ model, config: configOf(model, batch), plan: { inputs: path.join(folder, 'vector') } });
    expect((await check(1)).batch).toEqual({ kind: 'none' });
    await expect(check(8)).rejects.toMatchObject({ code: 'DIMENSION_MISMATCH' });
  });

  it('have their batch read from an output, and outputs of every type that can be returned compared', async () => {
    const types: [number, ArrayBufferView][] = [
      [DataType.FLOAT16, Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400)],
      [DataType.INT16, Int16Array.of(1, 2, 3, 4)],
      [DataType.UINT16, Uint16Array.of(1, 2, 3, 4)],
      [DataType.UINT32, Uint32Array.of(1, 2, 3, 4)],
      [DataType.UINT64, BigUint64Array.of(1n, 2n, 3n, 4n)],
      [DataType.DOUBLE, Float64Array.of(1, 2, 3, 4)],
      [DataType.INT8, Int8Array.of(1, 2, 3, 4)],
      [DataType.BOOL, Uint8Array.of(1, 1, 1, 1)],
    ];
    const file = await writeGraph(path.join(folder, 'casts.onnx'), {
      name: 'casts',
      node: types.map(([type]) => ({
        opType: 'Cast',
        input: ['x'],
        output: [`y${type}`],
        attribute: [integer('to', type)],
      })),
      input: [tensorInfo('x', ['batch', 2])],
      output: types.map(([type]) => tensorInfo(`y${type}`, ['batch', 2], type)),
    });
    await putTensor('casts', 'input_0.pb', [2, 2], DataType.FLOAT, Float32Array.of(1, 2, 3, 4));
    for (const [index, [type, values]] of types.entries()) {
      await putTensor('casts', `output_${index}.pb`, [2, 2], type, values);
    }
    const model = await modelAt(file);
    const prepared = await prepareCell({
      spawn: core.spawn,
      plan: { inputs: path.join(folder, 'casts') },
      model,
      config: configOf(model, 2),
      allowedCpus: [],
      temporaryFolder: core.directory.temporary,
    });
    expect(prepared.batchOutput).toBe(`y${types[0]?.[0]}`);
    expect(prepared.expectedOutputs).toEqual({
      compared: types.length,
      maxRelativeError: 0,
      withinTolerance: true,
      problems: [],
    });
  });
});
