import type { NodeReport } from '../../../shared/domain/quantization.ts';
import { DataType, toElementType } from '../../onnx/element-types.ts';
import type { NodeProto, TensorProto } from '../../onnx/gen/onnx_pb.js';
import { floatAttribute, intAttribute, intsAttribute, toOperatorName } from '../../onnx/walk.ts';
import type { EditableGraph } from '../graph/editable-graph.ts';
import { left } from '../recipe/node-reports.ts';

/** A MatMul or Gemm with a constant float32 weight: output = input x weight (+ bias). */
export interface MatrixProduct {
  node: NodeProto;
  input: string;
  weight: TensorProto;
  /** True: the tensor is [columns, rows] and has to be transposed. */
  transposed: boolean;
  /** Length of the sums, K. */
  rows: number;
  /** Results of each sum, N. */
  columns: number;
  /** Added to the product; null where there is none. */
  bias: string | null;
}

/** The product that a node computes, or why its weight cannot be quantized. */
export function toMatrixProduct(graph: EditableGraph, node: NodeProto): MatrixProduct | NodeReport {
  const isGemm = toOperatorName(node) === 'Gemm';
  if (isGemm && !isPlainGemm(node)) {
    return left(node, 'gemm-form', 'It scales its operands or transposes its input, which the integer form cannot do.');
  }
  const [input = '', weightName = '', bias = ''] = node.input;
  const found = constantMatrix(graph, weightName);
  if (found === null) return left(node, 'weight-not-constant', 'Both operands are computed while the model runs.');
  const { weight } = found;
  if (weight.dataType !== DataType.FLOAT) {
    return left(node, 'weight-not-float32', `Its weight is ${toElementType(weight.dataType)}.`);
  }
  const dims = weight.dims.map(Number);
  if (dims.length !== 2 || dims.includes(0)) {
    return left(node, 'weight-not-matrix', `Its weight has the dimensions [${dims.join(', ')}].`);
  }
  const transposed = found.transposed !== (isGemm && intAttribute(node, 'transB', 0) !== 0);
  const [first = 0, second = 0] = dims;
  const [rows, columns] = transposed ? [second, first] : [first, second];
  return { node, input, weight, transposed, rows, columns, bias: bias === '' ? null : bias };
}

function isPlainGemm(node: NodeProto): boolean {
  const isOne = (name: string): boolean => floatAttribute(node, name, 1) === 1;
  return isOne('alpha') && isOne('beta') && intAttribute(node, 'transA', 0) === 0;
}

/**
 * A constant, also behind Identity and Transpose, which is how exporters write a weight that is stored once and used
 * twice.
 */
function constantMatrix(graph: EditableGraph, name: string): { weight: TensorProto; transposed: boolean } | null {
  let transposed = false;
  for (let at = name; ;) {
    const weight = graph.constant(at);
    if (weight !== undefined) return transposed && weight.dims.length !== 2 ? null : { weight, transposed };
    const producer = graph.producer(at);
    if (producer === undefined) return null;
    const operator = toOperatorName(producer);
    if (operator !== 'Identity' && operator !== 'Transpose') return null;
    if (operator === 'Transpose' && (intsAttribute(producer, 'perm')?.[0] ?? 1) === 1) transposed = !transposed;
    [at = ''] = producer.input;
  }
}

/** Names the weight in the orientation that a product needs; equal keys share what is made of it. */
export function weightKey({ weight, transposed }: MatrixProduct): string {
  return `${transposed ? 'transposed ' : ''}${weight.name}`;
}
