import type { ProfiledNode } from '../../engine/protocol.ts';
import type { GraphProto, NodeProto } from '../onnx/gen/onnx_pb.js';
import { countOperations } from '../onnx/operator-costs.ts';

/** Names and shapes of what a model is fed. */
export type FedTensors = readonly { name: string; dims: readonly number[] }[];

/**
 * Operations of each profiled node of an optimized graph, from its attributes and the shapes that ran. A profile lists
 * no weights that were packed before, so shapes come from the tensors' writers and from the weights of the graph. Nodes
 * that are not here have no agreed count.
 */
export function countNodeFlops(
  graph: GraphProto,
  matched: ReadonlyMap<NodeProto, ProfiledNode>,
  fed: FedTensors,
): Map<ProfiledNode, number> {
  const shapes = new Map<string, readonly number[]>(fed.map(({ name, dims }) => [name, dims]));
  for (const { name, dims } of graph.initializer) shapes.set(name, dims.map(Number));
  for (const [node, { outputs }] of matched) {
    // Outputs that a node leaves out have no shape in the profile either.
    const written = node.output.filter((name) => name !== '');
    written.forEach((name, position) => {
      const dims = outputs[position]?.dims;
      if (dims !== undefined) shapes.set(name, dims);
    });
  }
  const flops = new Map<ProfiledNode, number>();
  for (const [node, profiled] of matched) {
    const toShapes = (names: readonly string[]) => names.map((name) => shapes.get(name) ?? null);
    const count = countOperations(node, { inputs: toShapes(node.input), outputs: toShapes(node.output) });
    if (count !== null) flops.set(profiled, count.flops * Math.max(1, profiled.calls));
  }
  return flops;
}
