import type { GraphProto, NodeProto } from '../../onnx/gen/onnx_pb.js';
import type { OperatorClass } from './operator-class.ts';

/**
 * Float nodes of an optimized graph that stand between a conversion from integers and one to integers: what the
 * quantized graph around them costs without any gain. Paths lead through float nodes and nodes that only move data.
 */
export function findIslands(graph: GraphProto, classOf: (node: NodeProto) => OperatorClass): NodeProto[] {
  const constants = constantsOf(graph);
  const passes = (node: NodeProto) => ['float', 'other'].includes(classOf(node));
  const fromIntegers = new Set<string>();
  const after = new Set<NodeProto>();
  for (const node of graph.node) {
    const starts = node.opType === 'DequantizeLinear' && !constants.has(node.input[0] ?? '');
    if (!starts && !(passes(node) && node.input.some((name) => fromIntegers.has(name)))) continue;
    after.add(node);
    for (const name of node.output) fromIntegers.add(name);
  }
  const toIntegers = new Set<string>();
  const islands: NodeProto[] = [];
  for (const node of graph.node.toReversed()) {
    if (node.opType === 'QuantizeLinear') {
      toIntegers.add(node.input[0] ?? '');
      continue;
    }
    if (!passes(node) || !node.output.some((name) => toIntegers.has(name))) continue;
    for (const name of node.input) toIntegers.add(name);
    if (after.has(node) && classOf(node) === 'float') islands.push(node);
  }
  return islands.toReversed();
}

/** Nodes that read a weight which a DequantizeLinear makes float again on every run, each once. */
export function findWeightReaders(graph: GraphProto): NodeProto[] {
  const constants = constantsOf(graph);
  const converted = new Set<string>();
  for (const { opType, input, output } of graph.node) {
    if (opType === 'DequantizeLinear' && constants.has(input[0] ?? '')) converted.add(output[0] ?? '');
  }
  return graph.node.filter(({ input }) => input.some((name) => converted.has(name)));
}

function constantsOf(graph: GraphProto): Set<string> {
  return new Set(graph.initializer.map(({ name }) => name));
}
