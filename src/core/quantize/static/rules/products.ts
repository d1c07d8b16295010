import type { NodeProto } from '../../../onnx/gen/onnx_pb.js';
import { floatAttribute, intAttribute } from '../../../onnx/walk.ts';
import type { Marking } from '../marks.ts';
import type { Rule } from './rule.ts';

/** Conv has its output channels first, ConvTranspose second. */
export const convolution =
  (axis: number): Rule =>
  (node, marking) => {
    markProduct(node, marking, axis, 1);
  };

/** Columns of the weight are channels. A factor on the bias goes into its scale. */
export const gemm: Rule = (node, marking) => {
  markProduct(node, marking, intAttribute(node, 'transB', 0) === 1 ? 0 : 1, floatAttribute(node, 'beta', 1));
};

/** Both operands may be computed, as in attention. */
export const matMul: Rule = (node, marking) => {
  for (const name of [...node.input, ...node.output]) {
    if (marking.isConstant(name)) marking.markWeight(name, 1);
    else marking.markActivation(name);
  }
};

function markProduct(node: NodeProto, marking: Marking, axis: number, beta: number): void {
  const [input = '', weight = '', bias = ''] = node.input;
  marking.markActivation(input);
  marking.markActivation(node.output[0] ?? '');
  marking.markWeight(weight, axis);
  if (bias !== '') marking.markBias({ node, bias, input, weight, beta });
}
