import type { LeftReason, NodeReport } from '../../../shared/domain/quantization.ts';
import type { ModelProto, NodeProto } from '../../onnx/gen/onnx_pb.js';
import { bodiesOf, graphNodes, toOperatorName } from '../../onnx/walk.ts';

/** What a node is called where people name it: files may leave names out. */
export function toLabel(node: NodeProto): string {
  return node.name || node.output.find((name) => name !== '') || toOperatorName(node);
}

export function changed(node: NodeProto, operators: readonly string[]): NodeReport {
  const outcome = { kind: 'changed' as const, operators: [...operators] };
  return { node: toLabel(node), operator: toOperatorName(node), outcome };
}

export function left(node: NodeProto, reason: LeftReason, message: string): NodeReport {
  return { node: toLabel(node), operator: toOperatorName(node), outcome: { kind: 'left', reason, message } };
}

export function leftExcluded(node: NodeProto): NodeReport {
  return left(node, 'excluded', 'It was excluded.');
}

/** Nodes of these operators in bodies of control flow and in model-local functions, which recipes do not enter. */
export function leftInside(model: ModelProto, operators: ReadonlySet<string>): NodeReport[] {
  const nested = (model.graph?.node ?? []).flatMap((node) =>
    [...bodiesOf(node)].flatMap((body) => [...graphNodes(body)]),
  );
  return [
    ...nested
      .filter((node) => operators.has(toOperatorName(node)))
      .map((node) => left(node, 'nested-graph', 'It is inside control flow, which is left as it is.')),
    ...model.functions
      .flatMap(({ node }) => node)
      .filter((node) => operators.has(toOperatorName(node)))
      .map((node) => left(node, 'local-function', 'It is inside a function of the model, which is left as it is.')),
  ];
}
