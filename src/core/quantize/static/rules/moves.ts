import type { NodeProto } from '../../../onnx/gen/onnx_pb.js';
import { floatAttribute, stringAttribute } from '../../../onnx/walk.ts';
import type { Marking } from '../marks.ts';
import type { Rule } from './rule.ts';

/** Operators that move or select values and have an 8-bit form: the output has the parameters of a quantized input. */
export const sameScale =
  (oldestOpset = 0): Rule =>
  (node, marking) => {
    const [input = ''] = node.input;
    if (marking.opset < oldestOpset || !marking.isMarked(input)) return;
    marking.markShared(node.output[0] ?? '', input);
  };

/** An embedding table is quantized too; rows are taken out of it as they are. */
export const gather: Rule = (node, marking) => {
  const [input = '', output = ''] = [node.input[0], node.output[0]];
  if (marking.isConstant(input) && marking.isFloat(input)) marking.markActivation(input);
  if (marking.isMarked(input)) marking.markShared(output, input);
};

export const split: Rule = (node, marking) => {
  const [input = ''] = node.input;
  marking.markActivation(input);
  if (!marking.isFloat(input)) return;
  for (const name of node.output) if (name !== '') marking.markShared(name, input);
};

/** Zero is in every range, and the other modes repeat what is in the input. */
export const pad =
  (constantValue: (name: string) => number | null): Rule =>
  (node, marking) => {
    for (const name of node.input) if (name !== '') marking.markActivation(name);
    const [input = '', output = ''] = [node.input[0], node.output[0]];
    if (keepsValues(node, marking, constantValue)) marking.markShared(output, input);
    else marking.markActivation(output);
  };

function keepsValues(node: NodeProto, marking: Marking, constantValue: (name: string) => number | null): boolean {
  const mode = stringAttribute(node, 'mode') ?? 'constant';
  if (mode !== 'constant') return ['reflect', 'edge', 'wrap'].includes(mode);
  if (marking.opset < 11) return floatAttribute(node, 'value', 0) === 0;
  const value = node.input[2] ?? '';
  return value === '' || constantValue(value) === 0;
}
