import type { GraphProto, NodeProto } from '../../onnx/gen/onnx_pb.js';

/**
 * Nodes of a simplified graph that compute what the named nodes of its source computed. A node keeps its name or one of
 * its outputs, or, where it was merged, its name is the beginning of the new one, or the output of what follows it is.
 */
export function findSimplified(source: GraphProto, simplified: GraphProto, names: readonly string[]): Set<NodeProto> {
  const found = new Set<NodeProto>();
  const wanted = new Set(names);
  for (const node of source.node) {
    if (!wanted.has(node.name) && !node.output.some((name) => wanted.has(name))) continue;
    for (const one of counterparts(node, source, simplified)) found.add(one);
  }
  return found;
}

function counterparts(node: NodeProto, source: GraphProto, simplified: GraphProto): NodeProto[] {
  const { name } = node;
  const direct = simplified.node.filter(
    (one) =>
      (name !== '' && (one.name === name || one.name.startsWith(`${name}/`))) ||
      one.output.some((output) => output !== '' && node.output.includes(output)),
  );
  if (direct.length > 0) return direct;
  let [output] = node.output;
  // As long as one node alone reads it: what was merged into that has its output.
  for (let steps = 0; output !== undefined && steps < source.node.length; steps += 1) {
    const [reader, ...others]: NodeProto[] = source.node.filter((one) => one.input.includes(output ?? ''));
    if (reader === undefined || others.length > 0) return [];
    const merged = simplified.node.filter((one) => one.output.some((each) => reader.output.includes(each)));
    if (merged.length > 0) return merged;
    [output] = reader.output;
  }
  return [];
}
