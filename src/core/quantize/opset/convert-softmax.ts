import { intAttribute } from '../../onnx/walk.ts';
import { intAttributeOf } from '../graph/attributes.ts';
import { plainNode, takeAttribute, type Conversion } from './conversion-scope.ts';

/** The axis where a Softmax before version 13 states none. */
const formerAxis = 1;

/**
 * Softmax, LogSoftmax and Hardmax 13 work along one axis; before, over all dimensions from the axis to the last. Where
 * that is more than one, or the number of dimensions is not known, those are made one and separated again.
 */
export const spellOutAxis: Conversion = {
  asksForInput: (node) => intAttribute(node, 'axis', formerAxis) !== -1,
  apply(node, scope) {
    const axis = Number(takeAttribute(node, 'axis')?.i ?? formerAxis);
    const [input = ''] = node.input;
    const [output = ''] = node.output;
    const dims = scope.dimsOf(input);
    const isAlone =
      axis === -1 ||
      dims
        ?.slice(axis)
        .slice(1)
        .every((size) => size === 1) === true;
    node.attribute.push(intAttributeOf('axis', isAlone ? axis : -1));
    if (isAlone) return;
    const shape = scope.freeName(`${output}_shape`);
    const flat = scope.freeName(`${output}_flat_input`);
    const result = scope.freeName(`${output}_flat`);
    scope.addBefore(plainNode('Shape', [input], shape));
    scope.addBefore(plainNode('Flatten', [input], flat, [intAttributeOf('axis', axis)]));
    node.input = [flat];
    node.output = [result];
    scope.addAfter(plainNode('Reshape', [result, shape], output));
  },
};
