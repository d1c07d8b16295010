import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import { toOperatorName } from '../../onnx/walk.ts';
import type { Marks } from './marks.ts';
import { defaultOperators } from './rules/operator-rules.ts';
import type { TensorFacts } from './tensor-facts.ts';

/** Nodes without an 8-bit form between quantized tensors: values become float32 before them and 8-bit after them. */
export function findIslands(nodes: readonly NodeProto[], { tensors, folds }: Marks, facts: TensorFacts): NodeProto[] {
  const known = new Set(defaultOperators);
  const isQuantized = (name: string): boolean =>
    !facts.isConstant(name) && (tensors.has(name) || folds.some(({ from }) => from === name));
  const reached = reach(
    nodes,
    (node) => node.input,
    (node) => node.output,
    isQuantized,
    facts,
  );
  const needed = reach(
    nodes.toReversed(),
    (node) => node.output,
    (node) => node.input,
    isQuantized,
    facts,
  );
  return nodes.filter((node) => !known.has(toOperatorName(node)) && reached.has(node) && needed.has(node));
}

/** Nodes that quantized values come to by float tensors, in the direction from `from` to `to`. */
function reach(
  nodes: readonly NodeProto[],
  from: (node: NodeProto) => readonly string[],
  to: (node: NodeProto) => readonly string[],
  isQuantized: (name: string) => boolean,
  facts: TensorFacts,
): ReadonlySet<NodeProto> {
  const found = new Set<NodeProto>();
  const floats = new Set<string>();
  for (const node of nodes) {
    if (!from(node).some((name) => floats.has(name) || (isQuantized(name) && facts.isFloat(name)))) continue;
    found.add(node);
    for (const name of to(node)) if (facts.isFloat(name) && !isQuantized(name)) floats.add(name);
  }
  return found;
}
