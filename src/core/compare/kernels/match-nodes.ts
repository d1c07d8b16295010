import type { ProfiledNode } from '../../../engine/protocol.ts';
import type { GraphProto, NodeProto } from '../../onnx/gen/onnx_pb.js';

/**
 * Finds the profile of each node of the optimized graph. Names decide where they are unique; ONNX Runtime names the
 * others by operator and number, and both the profile and the written graph have them in the order in which they run.
 */
export function matchNodes(graph: GraphProto, profiled: readonly ProfiledNode[]): Map<NodeProto, ProfiledNode> {
  const matched = new Map<NodeProto, ProfiledNode>();
  const byName = new Map<string, ProfiledNode[]>();
  for (const node of profiled) byName.set(node.name, [...(byName.get(node.name) ?? []), node]);
  const taken = new Set<ProfiledNode>();
  for (const node of graph.node) {
    const found =
      node.name === '' ? undefined : byName.get(node.name)?.find((one) => isFor(node, one) && !taken.has(one));
    if (found === undefined) continue;
    matched.set(node, found);
    taken.add(found);
  }
  const rest = new Map<string, ProfiledNode[]>();
  for (const node of profiled) {
    if (!taken.has(node)) rest.set(node.operator, [...(rest.get(node.operator) ?? []), node]);
  }
  for (const node of graph.node) {
    const next = matched.has(node) ? undefined : rest.get(node.opType)?.shift();
    if (next !== undefined) matched.set(node, next);
  }
  return matched;
}

function isFor(node: NodeProto, { operator }: ProfiledNode): boolean {
  return node.opType === operator;
}
