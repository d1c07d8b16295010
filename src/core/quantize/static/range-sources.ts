import type { ValueRange } from '../../../shared/calibration/value-range.ts';
import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import { toOperatorName } from '../../onnx/walk.ts';
import type { Marks } from './marks.ts';
import type { TensorFacts } from './tensor-facts.ts';

/** Where the range of a tensor comes from: measured at a tensor, or known. */
export type RangeSource = { tensor: string } | { known: ValueRange };

/**
 * Sources of the ranges of all marked tensors that are computed and have parameters of their own. What only feeds a
 * Relu or Clip has the range of its output, and probabilities are between 0 and 1.
 * Source: ONNX Runtime 1.30, base_quantizer.py (adjust_tensor_ranges).
 */
export function rangeSources(
  marks: Marks,
  facts: TensorFacts,
  isWanted: (node: NodeProto) => boolean,
): Map<string, RangeSource> {
  const sources = new Map<string, RangeSource>();
  for (const [name, mark] of marks.tensors) {
    if (mark.kind === 'shared' || facts.isConstant(name)) continue;
    sources.set(name, sourceOf(name, facts, isWanted));
  }
  return sources;
}

function sourceOf(name: string, facts: TensorFacts, isWanted: (node: NodeProto) => boolean): RangeSource {
  const [reader, ...others] = facts.readers(name);
  const output = reader?.output[0] ?? '';
  if (reader !== undefined && others.length === 0 && isClamp(reader) && isWanted(reader) && facts.isFloat(output)) {
    return { tensor: output };
  }
  const producer = facts.producer(name);
  if (producer !== undefined && toOperatorName(producer) === 'Softmax' && isWanted(producer)) {
    return { known: { low: 0, high: 1 } };
  }
  return { tensor: name };
}

function isClamp(node: NodeProto): boolean {
  return ['Relu', 'Clip'].includes(toOperatorName(node));
}
