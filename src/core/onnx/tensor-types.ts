import type { NodeProto } from './gen/onnx_pb.js';
import { TensorProto_DataType as DataType } from './gen/onnx_pb.js';
import type { LoadedModel } from './read.ts';
import { intAttribute, tensorAttribute, toOperatorName } from './walk.ts';

/** Operators whose output type does not follow their first input. */
const FIXED_TYPES: Readonly<Record<string, readonly number[]>> = {
  Shape: [DataType.INT64],
  Size: [DataType.INT64],
  ArgMax: [DataType.INT64],
  ArgMin: [DataType.INT64],
  NonZero: [DataType.INT64],
  NonMaxSuppression: [DataType.INT64],
  Equal: [DataType.BOOL],
  Less: [DataType.BOOL],
  LessOrEqual: [DataType.BOOL],
  Greater: [DataType.BOOL],
  GreaterOrEqual: [DataType.BOOL],
  IsNaN: [DataType.BOOL],
  IsInf: [DataType.BOOL],
  MatMulInteger: [DataType.INT32],
  ConvInteger: [DataType.INT32],
  DynamicQuantizeLinear: [DataType.UINT8, DataType.FLOAT, DataType.UINT8],
  'com.microsoft:MatMulIntegerToFloat': [DataType.FLOAT],
};
/** Input that gives the output its type, where that is not the first. */
const TYPE_INPUT: Readonly<Record<string, number>> = {
  Where: 1,
  QuantizeLinear: 2,
  DequantizeLinear: 1,
  QLinearConv: 7,
  QLinearMatMul: 7,
  OneHot: 2,
  'com.microsoft:QuantizeLinear': 2,
  'com.microsoft:DequantizeLinear': 1,
  'com.microsoft:GatherBlockQuantized': 2,
};
/** Operators whose second output holds positions. */
const INDEX_OUTPUT = new Set(['TopK', 'MaxPool', 'Unique']);

/**
 * ONNX element types of the tensors of the main graph, as far as inputs, stated types and these rules tell. Used for
 * byte counts and to leave out tensors that cannot be returned; ONNX Runtime does its own, complete inference.
 * For a body of control flow, `outer` has the types of the tensors around it.
 */
export function inferElementTypes(
  loaded: Pick<LoadedModel, 'graph'>,
  outer: ReadonlyMap<string, number> = new Map(),
): Map<string, number> {
  const types = new Map(outer);
  for (const tensor of loaded.graph.initializer) types.set(tensor.name, tensor.dataType);
  const stated = [...loaded.graph.input, ...loaded.graph.valueInfo, ...loaded.graph.output];
  for (const info of stated) {
    if (info.type?.value.case === 'tensorType') types.set(info.name, info.type.value.value.elemType);
  }
  for (const node of loaded.graph.node) {
    node.output.forEach((output, position) => {
      if (output === '' || types.has(output)) return;
      const type = outputType(node, position, types);
      if (type !== undefined) types.set(output, type);
    });
  }
  return types;
}

function outputType(node: NodeProto, position: number, types: ReadonlyMap<string, number>): number | undefined {
  const operator = toOperatorName(node);
  const fixed = FIXED_TYPES[operator]?.[position];
  if (fixed !== undefined) return fixed;
  if (INDEX_OUTPUT.has(operator) && position > 0) return DataType.INT64;
  switch (operator) {
    case 'Cast':
      return intAttribute(node, 'to', DataType.FLOAT);
    case 'Constant':
      return tensorAttribute(node, 'value')?.dataType ?? constantType(node);
    case 'ConstantOfShape':
      return tensorAttribute(node, 'value')?.dataType ?? DataType.FLOAT;
    case 'QuantizeLinear':
      return types.get(node.input[2] ?? '') ?? DataType.UINT8;
    case 'If':
    case 'Loop':
    case 'Scan':
      return undefined;
    default:
      return types.get(node.input[TYPE_INPUT[operator] ?? 0] ?? '');
  }
}

function constantType(node: NodeProto): number | undefined {
  const names = new Set(node.attribute.map((attribute) => attribute.name));
  if (names.has('value_float') || names.has('value_floats')) return DataType.FLOAT;
  if (names.has('value_int') || names.has('value_ints')) return DataType.INT64;
  return names.has('value_string') || names.has('value_strings') ? DataType.STRING : undefined;
}
