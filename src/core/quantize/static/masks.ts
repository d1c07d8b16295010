import type { ValueRange } from '../../../shared/calibration/value-range.ts';
import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import { toOperatorName } from '../../onnx/walk.ts';

/** Operators by which a mask gets to the scores that it is for. */
const between = new Set(
  `Add Cast Concat Div Expand Flatten Gather Identity Max Min Mul Reshape Slice Squeeze Sub Tile Transpose Unsqueeze
  Where`.split(/\s+/),
);

/** An 8-bit step of such a range is four units of a score: a factor of 50 between probabilities is one value then. */
const deepest = -1000;
/** Scores that large on both sides are scores and no mask. */
const oneSided = 10;

/**
 * Nodes on the way to a Softmax that read or make the huge negative numbers by which masks take positions out, and all
 * behind them up to the Softmax. A range that holds such numbers leaves one 8-bit value for all scores, and one that
 * was learned from inputs that mask nothing forgets the mask. `rangeOf` says what is known of a tensor.
 */
export function findMasking(
  nodes: readonly NodeProto[],
  rangeOf: (tensor: string) => ValueRange | null,
): ReadonlySet<NodeProto> {
  const scores = new Set<string>();
  for (const node of nodes.toReversed()) {
    if (isSoftmax(node)) scores.add(node.input[0] ?? '');
    else if (between.has(toOperatorName(node)) && node.output.some((name) => scores.has(name))) {
      for (const name of node.input) if (name !== '') scores.add(name);
    }
  }
  const masked = new Set<string>();
  const found = new Set<NodeProto>();
  const isMasked = (name: string): boolean => {
    if (!scores.has(name)) return false;
    if (!masked.has(name) && isMask(rangeOf(name))) masked.add(name);
    return masked.has(name);
  };
  for (const node of nodes) {
    const isBetween = between.has(toOperatorName(node));
    const makes = isBetween && node.output.some(isMasked);
    if (!makes && !((isBetween || isSoftmax(node)) && node.input.some(isMasked))) continue;
    found.add(node);
    if (isBetween) for (const name of node.output) if (scores.has(name)) masked.add(name);
  }
  return found;
}

function isSoftmax(node: NodeProto): boolean {
  return ['Softmax', 'LogSoftmax'].includes(toOperatorName(node));
}

function isMask(range: ValueRange | null): boolean {
  return range !== null && range.low <= deepest && range.high * oneSided <= -range.low;
}
