import { create } from '@bufbuild/protobuf';
import { DataType } from '../../onnx/element-types.ts';
import type { AttributeProto, NodeProto, TensorProto } from '../../onnx/gen/onnx_pb.js';
import { TensorProtoSchema } from '../../onnx/gen/onnx_pb.js';
import { toOperatorName } from '../../onnx/walk.ts';
import { intAttributeOf, tensorAttributeOf } from '../graph/attributes.ts';
import { toFloat16Bits } from '../numerics/float16.ts';

type ReadFloats = (tensor: TensorProto) => Float32Array;

/** Attributes that name the type of the result. */
const typeAttributes: Readonly<Record<string, string>> = {
  Cast: 'to',
  EyeLike: 'dtype',
  Multinomial: 'dtype',
  RandomNormal: 'dtype',
  RandomNormalLike: 'dtype',
  RandomUniform: 'dtype',
  Bernoulli: 'dtype',
  SequenceEmpty: 'dtype',
};
/** Operators whose result is float32 when the attribute is absent; for the others it then follows an input. */
const floatByDefault = new Set(['RandomNormal', 'RandomUniform', 'SequenceEmpty']);

/** Makes the attributes of a node produce float16 where they made it produce float32. */
export function convertAttributes(node: NodeProto, readFloats: ReadFloats): void {
  const operator = toOperatorName(node);
  for (const attribute of node.attribute) {
    if (attribute.t !== undefined) attribute.t = toHalfTensor(attribute.t, readFloats);
    attribute.tensors = attribute.tensors.map((tensor) => toHalfTensor(tensor, readFloats));
  }
  if (operator === 'Constant') node.attribute = node.attribute.map(toTensorValue);
  if (operator === 'ConstantOfShape' && node.attribute.length === 0) {
    node.attribute.push(tensorAttributeOf('value', halfTensor('', [1n], Float32Array.of(0))));
  }
  const typeName = typeAttributes[operator];
  const type = node.attribute.find(({ name }) => name === typeName);
  if (type !== undefined && Number(type.i) === DataType.FLOAT) type.i = BigInt(DataType.FLOAT16);
  else if (type === undefined && typeName !== undefined && floatByDefault.has(operator)) {
    node.attribute.push(intAttributeOf(typeName, DataType.FLOAT16));
  }
}

/** A float32 tensor as float16; any other as it is. */
export function toHalfTensor(tensor: TensorProto, readFloats: ReadFloats): TensorProto {
  if (tensor.dataType !== DataType.FLOAT) return tensor;
  return halfTensor(tensor.name, tensor.dims, readFloats(tensor));
}

function halfTensor(name: string, dims: bigint[], values: Float32Array): TensorProto {
  const rawData = new Uint8Array(toFloat16Bits(values).buffer);
  return create(TensorProtoSchema, { name, dims, dataType: DataType.FLOAT16, rawData });
}

/** Constants may be given as numbers, which are float32; as a tensor they have a type. */
function toTensorValue(attribute: AttributeProto): AttributeProto {
  if (attribute.name === 'value_float') {
    return tensorAttributeOf('value', halfTensor('', [], Float32Array.of(attribute.f)));
  }
  if (attribute.name === 'value_floats') {
    const { floats } = attribute;
    return tensorAttributeOf('value', halfTensor('', [BigInt(floats.length)], Float32Array.from(floats)));
  }
  return attribute;
}
