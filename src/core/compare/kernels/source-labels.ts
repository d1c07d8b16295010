import type { GraphProto, NodeProto } from '../../onnx/gen/onnx_pb.js';
import { toOperatorName } from '../../onnx/walk.ts';
import { toLabel } from '../../quantize/recipe/node-reports.ts';

/** A node as its author knows it. */
export interface SourceLabel {
  node: string;
  operator: string;
}

/** What ONNX Runtime adds to names where it takes operators apart or joins them. */
const addition = /^fused |(_token_\d+|\/\w+Fusion)+$/g;
/** Nodes in the blocked layout of x64 kernels are called after the tensor that they write. */
const blocked = '_nchwc';
/** Names of nodes and tensors that come from the inside of an operator. */
const insideName = /^(_token_|_inlfunc_)/;

/**
 * Names nodes of an optimized graph by those of the model that it was made of: by their name, by what they write, or by
 * the named node that reads it. Parts of an operator that ONNX Runtime takes apart (HardSwish) belong to the operator,
 * since names that it makes for them mean nothing to anybody.
 */
export function createSourceLabels(source: GraphProto, optimized: GraphProto): (node: NodeProto) => SourceLabel {
  const named = new Map(source.node.filter(({ name }) => name !== '').map((node) => [node.name, node]));
  const writers = new Map(source.node.flatMap((node) => node.output.map((output) => [output, node] as const)));
  const labels = new Map<NodeProto, SourceLabel>();
  /** By tensor: who wrote it in the source, and the label of who reads it. */
  const origins = new Map<string, NodeProto>();
  const readers = new Map<string, SourceLabel>();
  // Backwards, so that whoever reads a tensor is known before who writes it.
  for (const node of optimized.node.toReversed()) {
    const self = named.get(node.name.replace(addition, ''));
    const written = node.name.endsWith(blocked) ? writers.get(node.name.slice(0, -blocked.length)) : undefined;
    const origin = self ?? written ?? firstOf(node.output, writers) ?? firstOf(node.output, origins);
    const isInside = insideName.test(node.name || (node.output[0] ?? ''));
    const label = toSourceLabel(node, origin, isInside) ??
      firstOf(node.output, readers) ?? { node: toLabel(node), operator: toOperatorName(node) };
    labels.set(node, label);
    if (isInside) for (const name of node.input) readers.set(name, label);
    if (self?.opType !== node.opType) continue;
    node.input.forEach((name, position) => {
      const writer = writers.get(self.input[position] ?? '');
      if (writer !== undefined) origins.set(name, writer);
    });
  }
  return (node) => labels.get(node) ?? { node: toLabel(node), operator: toOperatorName(node) };
}

function firstOf<T>(names: readonly string[], known: ReadonlyMap<string, T>): T | undefined {
  return names.map((name) => known.get(name)).find((found) => found !== undefined);
}

/** A part of an operator has the operator's name and kind; a fused node keeps its own kind, which says more. */
function toSourceLabel(node: NodeProto, origin: NodeProto | undefined, isInside: boolean): SourceLabel | null {
  if (origin !== undefined) return { node: toLabel(origin), operator: toOperatorName(isInside ? origin : node) };
  return isInside ? null : { node: toLabel(node), operator: toOperatorName(node) };
}
