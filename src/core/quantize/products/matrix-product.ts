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

/** A constant, also behind a Transpose, as weights that are shared with an embedding are exported. */
function constantMatrix(graph: EditableGraph, name: string): { weight: TensorProto; transposed: boolean } | null {
  const weight = graph.constant(name);
  if (weight !== undefined) return { weight, transposed: false };
  const producer = graph.producer(name);
  if (producer === undefined || toOperatorName(producer) !== 'Transpose') return null;
  const source = graph.constant(producer.input[0] ?? '');
  const order = intsAttribute(producer, 'perm') ?? [1, 0];
  return source?.dims.length === 2 && order[0] === 1 ? { weight: source, transposed: true } : null;
}

/** Names the weight in the orientation that a product needs; equal keys share what is made of it. */
export function weightKey({ weight, transposed }: MatrixProduct): string {
  return `${transposed ? 'transposed ' : ''}${weight.name}`;
}
