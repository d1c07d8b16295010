import type { Kernels } from '../../../shared/domain/comparison.ts';

export type OperatorClass = Kernels['operators'][number]['class'];

/** A node as far as its class goes: operator without domain, and the types of what it reads and writes where known. */
export interface TypedNode {
  operator: string;
  types: readonly string[];
}

/** Kernels that compute on integers, by name (ONNX Runtime 1.30, ContribOperators.md). */
const integerOperator =
  /^(QLinear|QGemm$|QAttention$|QOrdered|QEmbedLayerNormalization$|DynamicQuantize(MatMul|LSTM)$|(MatMul|Conv)Integer|NhwcMaxPool$)/;
/** Kernels that read weights of 8 or fewer bits and compute on floats or on integers that they make themselves. */
const weightOnlyOperator = /^(MatMulNBits|MatMulBnb4|MatMulFpQ4|GatherBlockQuantized|QMoE)$/;
const conversionOperator = /^((Dynamic)?QuantizeLinear|DequantizeLinear|MemcpyFromHost|MemcpyToHost)$/;
/** Operators that move, select or count data, or run other graphs, and compute nothing on floats. */
const movingOperator =
  /^(Reshape|Transpose|Flatten|Squeeze|Unsqueeze|Slice|Gather|GatherElements|GatherND|Scatter\w*|Concat|Split|Shape|Size|Expand|Tile|Identity|Constant|ConstantOfShape|Range|Pad|Reorder(Input|Output)|If|Loop|Scan|Where|DepthToSpace|SpaceToDepth|NonZero|OneHot|Trilu|EyeLike|ReverseSequence|Compress|Sequence\w+|Optional\w*|ConcatFromSequence|SplitToSequence)$/;

const smallTypes = new Set(['int8', 'uint8', 'int4', 'uint4']);
const halfTypes = new Set(['float16', 'bfloat16']);
const floatTypes = new Set(['float', 'double', ...halfTypes]);

/** What a kernel computes on. A `Cast` is a conversion where it leaves or enters a small type or a sum of products. */
export function classifyOperator({ operator, types }: TypedNode): OperatorClass {
  if (weightOnlyOperator.test(operator)) return 'weight-only';
  if (integerOperator.test(operator)) return 'integer';
  if (conversionOperator.test(operator)) return 'conversion';
  if (operator === 'Cast') return isPrecisionCast(types) ? 'conversion' : 'other';
  if (movingOperator.test(operator)) return 'other';
  if (types.some((type) => smallTypes.has(type))) return 'integer';
  // Without types, as for nodes that did not run, operators are taken for what they mostly are.
  return types.length === 0 || types.some((type) => floatTypes.has(type)) ? 'float' : 'other';
}

function isPrecisionCast(types: readonly string[]): boolean {
  const [from, to] = [types[0] ?? '', types.at(-1) ?? ''];
  if (halfTypes.has(from) || halfTypes.has(to)) return true;
  return (smallTypes.has(from) || from === 'int32') && floatTypes.has(to);
}
