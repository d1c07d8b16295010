/**
 * Writes the tiny models that the engine needs for itself: an identity of any length (harness overhead), a four-element
 * layer with a known answer (provider probe), and a product of the largest 8-bit values (saturation probe).
 * `node scripts/build-engine-models.ts`; the files are committed.
 */
import { writeFileSync } from 'node:fs';
import { create, toBinary } from '@bufbuild/protobuf';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  TensorProto_DataType,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from '../src/core/onnx/gen/onnx_pb.js';

type Init<T> = Omit<Partial<T>, '$typeName' | '$unknown'>;

function toValue(
  name: string,
  dims: (number | string)[],
  elemType: number = TensorProto_DataType.FLOAT,
): Init<ValueInfoProto> {
  const dim = dims.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }));
  return {
    name,
    type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } },
  } as Init<ValueInfoProto>;
}

function toInitializer(name: string, dims: number[], values: number[]): Init<TensorProto> {
  return {
    name,
    dims: dims.map(BigInt),
    dataType: TensorProto_DataType.FLOAT,
    rawData: new Uint8Array(Float32Array.from(values).buffer),
  };
}

function toModelBytes(graph: {
  name: string;
  node: Init<NodeProto>[];
  input: Init<ValueInfoProto>[];
  output: Init<ValueInfoProto>[];
  initializer?: Init<TensorProto>[];
}): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      producerName: 'inferometer',
      opsetImport: [{ domain: '', version: 17n }],
      graph: create(GraphProtoSchema, graph as unknown as GraphProto),
    }),
  );
}

/** y = x for a vector of any length. */
export function buildIdentityModel(): Uint8Array {
  return toModelBytes({
    name: 'identity',
    input: [toValue('x', ['length'])],
    output: [toValue('y', ['length'])],
    node: [{ opType: 'Identity', name: 'identity', input: ['x'], output: ['y'] }],
  });
}

/** y = relu(x W + b) with W[i][j] = i - j and b[j] = j; the weights are whole numbers so that every device is exact. */
export function buildProbeModel(): Uint8Array {
  const size = [0, 1, 2, 3];
  return toModelBytes({
    name: 'probe',
    input: [toValue('x', [1, 4])],
    output: [toValue('y', [1, 4])],
    initializer: [
      toInitializer(
        'W',
        [4, 4],
        size.flatMap((row) => size.map((column) => row - column)),
      ),
      toInitializer('b', [4], size),
    ],
    node: [
      { opType: 'MatMul', name: 'multiply', input: ['x', 'W'], output: ['product'] },
      { opType: 'Add', name: 'add', input: ['product', 'b'], output: ['sum'] },
      { opType: 'Relu', name: 'relu', input: ['sum'], output: ['y'] },
    ],
  });
}

/**
 * y = x W with every element of the int8 weight 127. For an input of 64 times 255 each answer is 64 * 255 * 127; a
 * processor whose 16-bit sums of two products saturate (AVX2 and AVX-512 without VNNI) gives less.
 */
export function buildSaturationModel(): Uint8Array {
  const weight = { name: 'W', dims: [64n, 16n], dataType: TensorProto_DataType.INT8 };
  return toModelBytes({
    name: 'saturation',
    input: [toValue('x', [1, 64], TensorProto_DataType.UINT8)],
    output: [toValue('y', [1, 16], TensorProto_DataType.INT32)],
    initializer: [{ ...weight, rawData: new Uint8Array(64 * 16).fill(127) }],
    node: [{ opType: 'MatMulInteger', name: 'multiply', input: ['x', 'W'], output: ['y'] }],
  });
}

if (import.meta.main) {
  writeFileSync('resources/engine/identity.onnx', buildIdentityModel());
  writeFileSync('resources/engine/probe.onnx', buildProbeModel());
  writeFileSync('resources/engine/saturation.onnx', buildSaturationModel());
}
