import { create } from '@bufbuild/protobuf';
import type { AttributeProto, TensorProto } from '../../onnx/gen/onnx_pb.js';
import { AttributeProto_AttributeType as AttributeType, AttributeProtoSchema } from '../../onnx/gen/onnx_pb.js';

/** An integer attribute of a node. */
export function intAttributeOf(name: string, value: number): AttributeProto {
  return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
}

/** A tensor attribute of a node. */
export function tensorAttributeOf(name: string, value: TensorProto): AttributeProto {
  return create(AttributeProtoSchema, { name, type: AttributeType.TENSOR, t: value });
}

/** A text attribute of a node. */
export function textAttributeOf(name: string, value: string): AttributeProto {
  return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
}
