import type { GraphProto, NodeProto } from '../../onnx/gen/onnx_pb.js';
import { bodiesOf } from '../../onnx/walk.ts';

/** Decides per node: whether it stays in float32, and which of its inputs are float32 by definition. */
export interface FloatRules {
  staysFloat(node: NodeProto): boolean;
  floatInputs(node: NodeProto): readonly number[];
}

/**
 * Names that something reads as float16: nodes that are converted, and outputs of bodies of control flow. An
 * initializer that nothing reads so stays in float32.
 */
export function readAsHalf(graph: GraphProto, rules: FloatRules, isBody = false): Set<string> {
  const names = new Set(isBody ? graph.output.map(({ name }) => name) : []);
  for (const node of graph.node) {
    if (rules.staysFloat(node)) continue;
    const floats = rules.floatInputs(node);
    node.input.forEach((name, position) => {
      if (!floats.includes(position)) names.add(name);
    });
    for (const body of bodiesOf(node)) for (const name of readAsHalf(body, rules, true)) names.add(name);
  }
  return names;
}
