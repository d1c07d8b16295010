import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import { toOperatorName } from '../../onnx/walk.ts';
import { parameterOwner, startMarking, type MarkOptions, type Marks } from './marks.ts';
import { createRules, type ReadScalar } from './rules/operator-rules.ts';
import type { TensorFacts } from './tensor-facts.ts';

/** Applies the rule of each node that is to be quantized, in the order of the graph. */
export function markGraph(
  nodes: readonly NodeProto[],
  facts: TensorFacts,
  options: MarkOptions & { isWanted: (node: NodeProto) => boolean; readScalar: ReadScalar },
): Marks {
  const { marks, marking } = startMarking(facts, options);
  const rules = createRules(options.readScalar);
  for (const node of nodes) {
    const rule = rules.get(toOperatorName(node));
    if (rule === undefined || !options.isWanted(node)) continue;
    marks.visited.add(node);
    rule(node, marking);
  }
  ownWhatCannotBeShared(marks);
  return marks;
}

/** Parameters for each channel of a weight do not fit what is taken out of it, as of an embedding tied to a product. */
function ownWhatCannotBeShared(marks: Marks): void {
  for (const [name, mark] of marks.tensors) {
    if (mark.kind !== 'shared') continue;
    const owner = parameterOwner(marks, name);
    const owned = owner === undefined ? undefined : marks.tensors.get(owner);
    if (owned === undefined || (owned.kind === 'weight' && owned.axis !== null)) {
      marks.tensors.set(name, { kind: 'activation' });
    }
  }
}
