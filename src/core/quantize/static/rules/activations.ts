import type { Rule } from './rule.ts';

/** Relu and Clip: saturation of the following QuantizeLinear does their work where their input is quantized. */
export const removable: Rule = (node, marking) => {
  const [input = ''] = node.input;
  if (!marking.isMarked(input)) return;
  if (!marking.tryFold(node)) marking.markActivation(input);
  marking.markActivation(node.output[0] ?? '');
};

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
