import { create } from '@bufbuild/protobuf';
import type { Dimension } from '../../../shared/domain/model.ts';
import { DataType } from '../../onnx/element-types.ts';
import type { AttributeProto, NodeProto } from '../../onnx/gen/onnx_pb.js';
import { NodeProtoSchema, TensorProtoSchema } from '../../onnx/gen/onnx_pb.js';
import { tensorAttributeOf } from '../graph/attributes.ts';

/** What a conversion sees of the graph that its node is in, and how it adds to it. */
export interface ConversionScope {
  /** ONNX element type of a tensor; undefined where it is not known. */
  typeOf(tensor: string): number | undefined;
  /** Dimensions of a tensor; null where not even their number is known. */
  dimsOf(tensor: string): readonly Dimension[] | null;
  /** Elements of a constant; null for a tensor that is computed. */
  constantOf(tensor: string): readonly number[] | null;
  /** Whether anything uses a tensor, bodies of control flow and outputs of the graph included. */
  isRead(tensor: string): boolean;
  freeName(stem: string): string;
  /** A constant of int64, one-dimensional; returns its name. Equal ones of a graph are one. */
  integers(stem: string, values: readonly bigint[]): string;
  /** A constant of a float type; `dims` [] is a scalar. */
  floats(stem: string, dataType: number, dims: readonly number[], values: readonly number[]): string;
  addBefore(node: NodeProto): void;
  addAfter(node: NodeProto): void;
  /** Refuses the model because of the node that is being converted; `reason` continues "cannot be converted: ". */
  refuse(reason: string): never;
}

/** Brings one node over one version of the operator set, by changing it and adding nodes around it. */
export interface Conversion {
  apply: (node: NodeProto, scope: ConversionScope) => void;
  /** True where it has to know the type or the shape of the node's input. */
  asksForInput?: (node: NodeProto) => boolean;
  /** The operator that it makes of the node, where that is another one. */
  becomes?: string;
}

/** Takes an attribute off a node; null where it has none of that name. */
export function takeAttribute(node: NodeProto, name: string): AttributeProto | null {
  const found = node.attribute.find((attribute) => attribute.name === name) ?? null;
  node.attribute = node.attribute.filter((attribute) => attribute !== found);
  return found;
}

/** A node of the default domain without a name, which the nodes that a model came with keep for themselves. */
export function plainNode(
  operator: string,
  input: readonly string[],
  output: string,
  attribute: readonly AttributeProto[] = [],
): NodeProto {
  return create(NodeProtoSchema, { opType: operator, input: [...input], output: [output], attribute: [...attribute] });
}

/** A Constant node, which graphs, bodies and functions all may have. */
export function constantNode(name: string, dataType: number, dims: readonly number[], rawData: Uint8Array): NodeProto {
  const value = create(TensorProtoSchema, { dataType, dims: dims.map(BigInt), rawData });
  return plainNode('Constant', [], name, [tensorAttributeOf('value', value)]);
}

/** Packed little-endian data of float32 or float64; null for other types, which old operators do not take. */
export function packFloats(dataType: number, values: readonly number[]): Uint8Array | null {
  if (dataType === DataType.FLOAT) return new Uint8Array(Float32Array.from(values).buffer);
  return dataType === DataType.DOUBLE ? new Uint8Array(Float64Array.from(values).buffer) : null;
}
