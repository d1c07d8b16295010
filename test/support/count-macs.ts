import path from 'node:path';
import { create } from '@bufbuild/protobuf';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelProto } from '../../src/core/onnx/gen/onnx_pb.js';
import {
  TensorProto_DataType as DataType,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from '../../src/core/onnx/gen/onnx_pb.js';
import { costModel } from '../../src/core/onnx/cost.ts';
import { readModel } from '../../src/core/onnx/read.ts';
import { resolveShapes } from '../../src/core/onnx/shape-graph.ts';
import { writeModel } from '../../src/core/onnx/write.ts';

/**
 * Multiply-accumulate operations of a model whose weights do not exist: they become inputs, so that ONNX Runtime can
 * tell the shape of every tensor in milliseconds. Changes `model`.
 */
export async function countMacs(
  model: ModelProto,
  sizes: Readonly<Record<string, number>>,
  folder: string,
): Promise<number> {
  const { graph } = model;
  if (!graph) throw new Error('The model has no graph.');
  const shapes: Record<string, number[]> = {};
  for (const input of graph.input) {
    const type = input.type?.value;
    if (type?.case !== 'tensorType') throw new Error(`${input.name} is not a tensor.`);
    for (const { value } of [type.value.shape?.dim ?? []].flat()) {
      if (value.case !== 'dimParam') continue;
      Object.assign(value, { case: 'dimValue', value: BigInt(sizes[value.value]!) });
    }
    shapes[input.name] = (type.value.shape?.dim ?? []).map(({ value }) => Number(value.value));
  }
  const weights = graph.initializer.filter((tensor) => tensor.rawData.length === 0);
  graph.initializer = graph.initializer.filter((tensor) => tensor.rawData.length > 0);
  for (const { name, dims } of weights) {
    const shape = { dim: dims.map((size) => ({ value: { case: 'dimValue' as const, value: size } })) };
    const value = { case: 'tensorType' as const, value: { elemType: DataType.FLOAT, shape } };
    graph.input.push(create(ValueInfoProtoSchema, { name, type: create(TypeProtoSchema, { value }) }));
    shapes[name] = dims.map(Number);
  }
  for (const output of graph.output) delete output.type;
  const file = path.join(folder, `${graph.name}.onnx`);
  await writeModel(model, file);
  const loaded = await readModel(file);
  return costModel(loaded, shapes, await resolveShapes(runtimeShapes, loaded, shapes, folder)).macs;
}

async function runtimeShapes(file: string, feedShapes: Record<string, number[]>): Promise<Record<string, number[]>> {
  const session = await InferenceSession.create(file, { graphOptimizationLevel: 'disabled', logSeverityLevel: 3 });
  try {
    const known = session.outputMetadata.flatMap((output) =>
      output.isTensor && output.shape.every((size) => typeof size === 'number')
        ? [[output.name, output.shape as number[]] as const]
        : [],
    );
    if (known.length === session.outputNames.length) return Object.fromEntries(known);
    const results = await session.run(zeros(session, feedShapes));
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, [...tensor.dims]]));
  } finally {
    await session.release();
  }
}

function zeros(session: InferenceSession, shapes: Record<string, number[]>): Record<string, Tensor> {
  return Object.fromEntries(
    session.inputMetadata.map((input) => {
      const dims = shapes[input.name]!;
      const count = dims.reduce((product, size) => product * size, 1);
      const isFloat = input.isTensor && input.type === 'float32';
      const data = isFloat ? new Float32Array(count) : new BigInt64Array(count);
      return [input.name, isFloat ? new Tensor(data as Float32Array, dims) : new Tensor(data as BigInt64Array, dims)];
    }),
  );
}
