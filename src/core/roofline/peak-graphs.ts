import { create } from '@bufbuild/protobuf';
import type { PeakPrecision } from '../../shared/domain/roofline.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  ValueInfoProtoSchema,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '../onnx/gen/onnx_pb.js';
import { createGraphBuilder } from '../onnx/build.ts';
import { DataType } from '../onnx/element-types.ts';
import { toFloat16Bits } from '../quantize/numerics/float16.ts';
import { createRandomNormals } from '../models/building/seeded-weights.ts';

/**
 * Graphs whose cost is known: chains of equal nodes that end in one number, so that nothing large has to leave the
 * provider. The difference between a long and a short chain is the nodes alone, without call, copies and ends.
 */

const opset = 17n;
const irVersion = 8n;
/** Zero point and step of the 8-bit activations: a range of four standard deviations. */
const middle = 128;
const step = 1 / 32;

/** A chain of `length` products of a [size, size] matrix with a constant one, in one precision. */
export function createProductChain(precision: PeakPrecision, size: number, length: number): ModelProto {
  const weight = createWeight(precision, size);
  const products = Array.from({ length }, (_, index) => index);
  const name = (index: number): string => `t${index}`;
  const node = (opType: string, input: string[], output: string, to?: number): NodeProto =>
    create(NodeProtoSchema, {
      name: output,
      opType,
      input,
      output: [output],
      attribute: to === undefined ? [] : [{ name: 'to', type: AttributeType.INT, i: BigInt(to) }],
    });
  const quantized = precision === 'int8';
  const activation = ['step', 'middle'];
  const [enter, leave] = quantized
    ? [
        node('QuantizeLinear', ['x', ...activation], name(0)),
        node('DequantizeLinear', [name(length), ...activation], 'float'),
      ]
    : [
        node('Cast', ['x'], name(0), precision === 'float16' ? DataType.FLOAT16 : DataType.FLOAT),
        node('Cast', [name(length)], 'float', DataType.FLOAT),
      ];
  const multiply = (index: number): NodeProto =>
    quantized
      ? node(
          'QLinearMatMul',
          [name(index), ...activation, 'weight', 'weight_step', 'weight_zero', ...activation],
          name(index + 1),
        )
      : node('MatMul', [name(index), 'weight'], name(index + 1));
  return toModel(
    [{ name: 'x', type: DataType.FLOAT, dims: [size, size] }],
    [enter, ...products.map(multiply), leave, node('ReduceMax', ['float'], 'y')],
    [weight, ...(quantized ? quantizationConstants(size) : [])],
  );
}

/** Values that keep the spread of what they multiply, so that no number grows, vanishes or saturates along the chain. */
function createWeight(precision: PeakPrecision, size: number): TensorProto {
  const draw = createRandomNormals(0, 'roofline/weight');
  const spread = 1 / Math.sqrt(size);
  const values = Float32Array.from({ length: size * size }, () => draw() * spread);
  const dims = [BigInt(size), BigInt(size)];
  const toTensor = (dataType: number, data: ArrayBufferView): TensorProto =>
    create(TensorProtoSchema, {
      name: 'weight',
      dataType,
      dims,
      rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    });
  if (precision === 'float32') return toTensor(DataType.FLOAT, values);
  if (precision === 'float16') return toTensor(DataType.FLOAT16, toFloat16Bits(values));
  const scale = weightStep(size);
  const bytes = Int8Array.from(values, (value) => Math.max(-127, Math.min(127, Math.round(value / scale))));
  return toTensor(DataType.INT8, bytes);
}

/** 127 steps cover four standard deviations. */
function weightStep(size: number): number {
  return 4 / (127 * Math.sqrt(size));
}

function quantizationConstants(size: number): TensorProto[] {
  const scalar = (name: string, dataType: number, data: Uint8Array | Int8Array | Float32Array): TensorProto =>
    create(TensorProtoSchema, { name, dataType, rawData: new Uint8Array(data.buffer) });
  return [
    scalar('step', DataType.FLOAT, Float32Array.of(step)),
    scalar('middle', DataType.UINT8, Uint8Array.of(middle)),
    scalar('weight_step', DataType.FLOAT, Float32Array.of(weightStep(size))),
    scalar('weight_zero', DataType.INT8, Int8Array.of(0)),
  ];
}

/**
 * A chain of `length` additions of one number to an array whose size is an input: each reads and writes all of it. The
 * array is made by the first node, so that no file and no input has to hold it.
 */
export function createCopyChain(length: number): ModelProto {
  const graph = createGraphBuilder();
  const size = graph.input('size', 'int64', [1]);
  const addend = graph.input('addend', 'float32', [1]);
  let array = graph.node('Expand', [addend, size]);
  for (let index = 0; index < length; index++) array = graph.node('Add', [array, addend]);
  graph.output('y', graph.node('ReduceMax', [array], { attributes: { keepdims: { int: 0 } } }), 'float32', []);
  return graph.build('copy').model;
}

function toModel(
  inputs: readonly { name: string; type: number; dims: readonly number[] }[],
  node: NodeProto[],
  initializer: TensorProto[],
): ModelProto {
  const toInfo = ({ name, type, dims }: (typeof inputs)[number]) =>
    create(ValueInfoProtoSchema, {
      name,
      type: {
        value: {
          case: 'tensorType',
          value: {
            elemType: type,
            shape: {
              dim: dims.map((size) =>
                create(TensorShapeProto_DimensionSchema, { value: { case: 'dimValue', value: BigInt(size) } }),
              ),
            },
          },
        },
      },
    });
  return create(ModelProtoSchema, {
    irVersion,
    producerName: 'inferometer',
    opsetImport: [{ domain: '', version: opset }],
    graph: create(GraphProtoSchema, {
      name: 'products',
      input: inputs.map(toInfo),
      output: [toInfo({ name: 'y', type: DataType.FLOAT, dims: [1, 1] })],
      initializer,
      node,
    }),
  });
}
