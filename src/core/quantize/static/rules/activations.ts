import type { NodeProto } from '../../../onnx/gen/onnx_pb.js';
import { floatAttribute } from '../../../onnx/walk.ts';
import type { Marking } from '../marks.ts';
import type { Rule } from './rule.ts';

/** Relu: saturation of the following QuantizeLinear does its work where its input is quantized. */
export const relu: Rule = (node, marking) => {
  saturate(node, marking, true);
};

/**
 * Clip, likewise, but only where zero is within its bounds: every quantized range holds zero, so saturation ends there
 * and not at a bound beyond it. ONNX Runtime's own quantizer removes those too, with a wrong result.
 */
export const clip =
  (constantValue: (name: string) => number | null): Rule =>
  (node, marking) => {
    const [low, high] = boundsOf(node, marking.opset, constantValue);
    saturate(node, marking, low !== null && high !== null && low <= 0 && high >= 0);
  };

function saturate(node: NodeProto, marking: Marking, isSaturation: boolean): void {
  const [input = ''] = node.input;
  if (!marking.isMarked(input)) return;
  if (!isSaturation || !marking.tryFold(node)) marking.markActivation(input);
  marking.markActivation(node.output[0] ?? '');
}

/** null for a bound that is computed. */
function boundsOf(
  node: NodeProto,
  opset: number,
  constantValue: (name: string) => number | null,
): [low: number | null, high: number | null] {
  if (opset < 11) return [floatAttribute(node, 'min', -Infinity), floatAttribute(node, 'max', Infinity)];
  const [, low = '', high = ''] = node.input;
  return [low === '' ? -Infinity : constantValue(low), high === '' ? Infinity : constantValue(high)];
}

/** Operators that compute: each float input and output with a range of its own. */
export const elementwise: Rule = (node, marking) => {
  for (const name of [...node.input, ...node.output]) marking.markActivation(name);
};

/** Only where both values are quantized, or an island between float operators would be the result. */
export const where: Rule = (node, marking) => {
  if (!marking.isMarked(node.input[1] ?? '') || !marking.isMarked(node.input[2] ?? '')) return;
  for (const name of node.output) marking.markActivation(name);
};

/** Input, scale as weight, bias as int32, and all outputs. */
export const normalization: Rule = (node, marking) => {
  const [input = '', scale = '', bias = ''] = node.input;
  marking.markActivation(input);
  if (marking.isConstant(scale)) marking.markWeight(scale, 1);
  else marking.markActivation(scale);
  if (bias !== '') marking.markBias({ node, bias, input, weight: scale, beta: 1 });
  for (const name of node.output) marking.markActivation(name);
};
