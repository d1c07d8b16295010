import type { GraphProto, NodeProto } from '../onnx/gen/onnx_pb.js';
import { toOperatorName } from '../onnx/walk.ts';
import type { SourceLabel } from '../compare/kernels/source-labels.ts';
import { toLabel } from '../quantize/recipe/node-reports.ts';
import { toOperatorFamily } from './operator-family.ts';

/** A kernel with bias, sum and activation ends this many nodes after the one that it is named for. */
const furthest = 3;

/**
 * Finds the node of a model that a kernel computes. A fused kernel in the blocked layout is known by the tensor that it
 * writes, which is that of the last node in it: "Conv, Add, Relu" is then known as the Relu. Going back from there to a
 * node of the kernel's own kind gives it the name that it has in every other form of the model. null: not of the model.
 */
export function createComputedNodes(
  source: GraphProto,
): (label: SourceLabel, kernelOperator: string) => SourceLabel | null {
  const labelled = new Map(source.node.map((node) => [toLabel(node), node]));
  const writers = new Map(source.node.flatMap((node) => node.output.map((output) => [output, node] as const)));
  return (label, kernelOperator) => {
    const node = labelled.get(label.node);
    if (node === undefined) return null;
    const wanted = toKind(kernelOperator);
    let reached: NodeProto[] = [node];
    for (let step = 0; step <= furthest; step++) {
      const found = reached.find((one) => toKind(toOperatorName(one)) === wanted);
      if (found !== undefined) return { node: toLabel(found), operator: toOperatorName(found) };
      reached = reached.flatMap(({ input }) => input.flatMap((name) => writers.get(name) ?? []));
    }
    return { node: label.node, operator: toOperatorName(node) };
  };
}

/** Products of matrices are one kind: a bias makes a Gemm of a MatMul. */
function toKind(operator: string): string {
  const family = toOperatorFamily(operator);
  return family === 'Gemm' ? 'MatMul' : family;
}
