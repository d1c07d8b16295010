import { DataType } from '../../onnx/element-types.ts';
import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import { floatAttribute, stringAttribute } from '../../onnx/walk.ts';
import { takeAttribute, type Conversion, type ConversionScope } from './conversion-scope.ts';

// Attributes that became inputs, so that they may be computed.

/** Slice 10: starts, ends, axes. */
export const bringSlices: Conversion = {
  apply(node, scope) {
    const inputs = ['starts', 'ends'].map((name) => bring(node, name, scope) ?? scope.refuse(`it has no ${name}`));
    const axes = bring(node, 'axes', scope);
    node.input = [firstInput(node), ...inputs, ...(axes === null ? [] : [axes])];
  },
};

/** TopK 10: k. */
export const bringLargestCount: Conversion = {
  apply(node, scope) {
    const k = takeAttribute(node, 'k')?.i ?? scope.refuse('it has no k');
    node.input = [firstInput(node), scope.integers(`${node.output[0]}_k`, [k])];
  },
};

/** The bounds of Clip 6 where it states none, which are those of float32. */
const largestFloat = 3.4028234663852886e38;

/** Clip 11: min and max, of the type of what is clipped. */
export const bringBounds: Conversion = {
  asksForInput: ({ attribute }) => attribute.length > 0,
  apply(node, scope) {
    const given = (name: string): boolean => node.attribute.some((attribute) => attribute.name === name);
    if (!given('min') && !given('max')) return;
    const input = firstInput(node);
    const type = scope.typeOf(input) ?? DataType.UNDEFINED;
    // Without a bound the new operator has the one of its type, which is wider in float64.
    const isWide = type === DataType.DOUBLE;
    const bound = (name: string, fallback: number): string => {
      if (!given(name) && !isWide) return '';
      const value = floatAttribute(node, name, fallback);
      takeAttribute(node, name);
      return scope.floats(`${node.output[0]}_${name}`, type, [], [value]);
    };
    node.input = withoutEnd([input, bound('min', -largestFloat), bound('max', largestFloat)]);
  },
};

/** Pad 11: pads, and the value that is padded with, of the type of what is padded. */
export const bringPads: Conversion = {
  asksForInput: (node) => paddedValue(node) !== 0,
  apply(node, scope) {
    const value = paddedValue(node);
    takeAttribute(node, 'value');
    const pads = bring(node, 'pads', scope) ?? scope.refuse('it has no pads');
    const input = firstInput(node);
    node.input = [input, pads];
    // Left out where it is 0, which it is then by itself in any type.
    if (value === 0) return;
    const type = scope.typeOf(input) ?? DataType.UNDEFINED;
    node.input.push(scope.floats(`${node.output[0]}_value`, type, [], [value]));
  },
};

/** 0 also where a mode repeats what is there. */
function paddedValue(node: NodeProto): number {
  return (stringAttribute(node, 'mode') ?? 'constant') === 'constant' ? floatAttribute(node, 'value', 0) : 0;
}

/** Split 13: split. */
export const bringSplit: Conversion = {
  apply(node, scope) {
    const split = bring(node, 'split', scope);
    if (split !== null) node.input = [firstInput(node), split];
  },
};

/** Squeeze, Unsqueeze and ReduceSum 13: axes. Without any, all are meant, before and after. */
export const bringAxes: Conversion = {
  apply(node, scope) {
    const axes = bring(node, 'axes', scope);
    if (axes !== null) node.input = [firstInput(node), axes];
  },
};

/** Makes a constant of a list of integers; null where the node has none. */
function bring(node: NodeProto, name: string, scope: ConversionScope): string | null {
  const attribute = takeAttribute(node, name);
  return attribute === null ? null : scope.integers(`${node.output[0]}_${name}`, attribute.ints);
}

function firstInput(node: NodeProto): string {
  return node.input[0] ?? '';
}

/** Without the inputs at the end that are left out. */
function withoutEnd(names: readonly string[]): string[] {
  return names.slice(0, names.findLastIndex((name) => name !== '') + 1);
}
