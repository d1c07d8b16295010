import type { NodeProto, TensorProto } from './gen/onnx_pb.js';
import { elementCount, packedByteLength, toElementType } from './element-types.ts';
import type { LoadedModel } from './read.ts';
import { allGraphs, allNodes, intAttribute, tensorAttribute, toOperatorName } from './walk.ts';

/** Data that a trained model stores, attributed to one node so that sums over nodes count it once. */
export interface Weight {
  tensor: TensorProto;
  /** First node that reads it. */
  node: NodeProto;
  /** Number of weights; 0 for scales and zero points. */
  elements: number;
  /** Packed size, bytes. */
  bytes: number;
  /** Type of one weight, e.g. "float32"; "int4" for weights packed by MatMulNBits. */
  precision: string;
}

type Role = 'weight' | 'quantization' | 'other';

/** Positions of inputs that hold scales and zero points. Other inputs follow their element type. */
const QUANTIZATION_INPUTS: Readonly<Record<string, readonly number[]>> = {
  QuantizeLinear: [1, 2],
  DequantizeLinear: [1, 2],
  QLinearConv: [1, 2, 4, 5, 6, 7],
  QLinearMatMul: [1, 2, 4, 5, 6, 7],
  ConvInteger: [2, 3],
  MatMulInteger: [2, 3],
  'com.microsoft:QuantizeLinear': [1, 2],
  'com.microsoft:DequantizeLinear': [1, 2],
  'com.microsoft:QGemm': [1, 2, 4, 5, 7, 8],
  'com.microsoft:QLinearAdd': [1, 2, 4, 5, 6, 7],
  'com.microsoft:QLinearMul': [1, 2, 4, 5, 6, 7],
  'com.microsoft:MatMulIntegerToFloat': [2, 3, 4, 5],
  'com.microsoft:DynamicQuantizeMatMul': [2, 3],
  'com.microsoft:MatMulNBits': [2, 3, 4],
  'com.microsoft:GatherBlockQuantized': [2, 3],
};
/** Positions where an int32 tensor is a quantized bias rather than a shape or an index. */
const INT32_BIAS_INPUTS: Readonly<Record<string, number>> = {
  DequantizeLinear: 0,
  QLinearConv: 8,
  'com.microsoft:QGemm': 6,
  'com.microsoft:DequantizeLinear': 0,
};
const INDEX_TYPES = new Set(['int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'bool', 'string']);

/**
 * Weights of the model: initializers and Constant tensors of a floating point or at most 8-bit type that some node
 * reads, each once. Scales and zero points have bytes but no elements; shapes, indices and tensors that nothing reads
 * are left out.
 */
export function listWeights(loaded: LoadedModel): Weight[] {
  const tensors = new Map<string, TensorProto>();
  for (const graph of allGraphs(loaded.model)) {
    for (const tensor of graph.initializer) tensors.set(tensor.name, tensor);
    for (const sparse of graph.sparseInitializer) if (sparse.values) tensors.set(sparse.values.name, sparse.values);
  }
  for (const node of allNodes(loaded.model)) {
    const value = node.opType === 'Constant' ? tensorAttribute(node, 'value') : null;
    const output = node.output[0];
    if (value && output) tensors.set(output, value);
  }
  const weights = new Map<TensorProto, Weight>();
  for (const node of allNodes(loaded.model)) {
    node.input.forEach((name, position) => {
      const tensor = tensors.get(name);
      if (tensor === undefined) return;
      const weight = toWeight(node, position, tensor);
      const known = weights.get(tensor);
      if (weight && (known === undefined || known.elements === 0)) weights.set(tensor, weight);
    });
  }
  return [...weights.values()];
}

function toWeight(node: NodeProto, position: number, tensor: TensorProto): Weight | null {
  const role = roleOf(node, position, tensor);
  if (role === 'other') return null;
  const bytes = packedByteLength(tensor.dataType, tensor.dims) ?? 0;
  const precision = toElementType(tensor.dataType);
  if (role === 'quantization') return { tensor, node, elements: 0, bytes, precision };
  const packed = packedElements(node, position, bytes);
  return packed
    ? { tensor, node, bytes, ...packed }
    : { tensor, node, elements: elementCount(tensor.dims) ?? 0, bytes, precision };
}

function roleOf(node: NodeProto, position: number, tensor: TensorProto): Role {
  const operator = toOperatorName(node);
  if (QUANTIZATION_INPUTS[operator]?.includes(position)) return 'quantization';
  const type = toElementType(tensor.dataType);
  if (type === 'int32' && INT32_BIAS_INPUTS[operator] === position) return 'weight';
  return INDEX_TYPES.has(type) ? 'other' : 'weight';
}

/** MatMulNBits keeps several weights in one byte and pads blocks, so that its dimensions do not tell their number. */
function packedElements(node: NodeProto, position: number, bytes: number) {
  if (node.opType !== 'MatMulNBits' || position !== 1) return null;
  const bits = intAttribute(node, 'bits', 4);
  const stated = intAttribute(node, 'N', 0) * intAttribute(node, 'K', 0);
  const elements = Math.max(0, Math.min(stated, Math.floor((bytes * 8) / bits)));
  return Number.isSafeInteger(elements) ? { elements, precision: `int${bits}` } : null;
}
