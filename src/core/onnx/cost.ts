import type { NodeProto } from './gen/onnx_pb.js';
import type { ModelCost, NodeCost } from '../../shared/domain/model.ts';
import { elementBits } from './element-types.ts';
import { countOperations, product } from './operator-costs.ts';
import type { LoadedModel } from './read.ts';
import { inferElementTypes } from './tensor-types.ts';
import { bodiesOf, graphNodes, toDomain, toOperatorName } from './walk.ts';
import type { Weight } from './weights.ts';
import { listWeights } from './weights.ts';

/** Concrete dimensions by tensor name, for the tensors of the main graph. */
export type TensorShapes = ReadonlyMap<string, readonly number[]>;

/** Operators that pass their input on without touching it: runtimes only change the description of the tensor. */
const VIEWS = new Set([
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Identity',
  'Dropout',
  'Shape',
  'Size',
  'Constant',
]);

/**
 * Operations and bytes of every node of the main graph for one execution at concrete shapes (whole batch). `shapes`
 * must hold the inputs and every intermediate tensor (`resolveShapes`); operators without a rule, and everything in
 * bodies of If, Loop and Scan, whose number of executions is not known, are counted as 0 and listed in `uncounted`.
 */
export function costModel(loaded: LoadedModel, inputShapes: Record<string, number[]>, shapes: TensorShapes): ModelCost {
  const known = new Map<string, readonly number[]>(Object.entries(inputShapes));
  for (const tensor of loaded.graph.initializer) known.set(tensor.name, tensor.dims.map(Number));
  for (const [name, dims] of shapes) known.set(name, dims);
  const constants = new Set(loaded.graph.initializer.map((tensor) => tensor.name));
  const types = inferElementTypes(loaded);
  const weights = Map.groupBy(listWeights(loaded), (weight) => weight.node);
  const uncounted = new Map<string, number>();

  const nodes = loaded.graph.node.map((node): NodeCost => {
    const inputs = node.input.map((name) => known.get(name) ?? null);
    const outputs = node.output.map((name) => known.get(name) ?? null);
    const count = countOperations(node, { inputs, outputs });
    if (count === null) addUncounted(uncounted, node);
    return {
      name: node.name,
      operator: node.opType,
      domain: toDomain(node.domain),
      outputShape: outputs[0] ? [...outputs[0]] : null,
      ...sumWeights(node, weights),
      macs: count?.macs ?? null,
      flops: count?.flops ?? null,
      activationBytes: activationBytes(node, known, constants, types),
    };
  });
  return {
    inputShapes,
    macs: sum(nodes, (node) => node.macs),
    flops: sum(nodes, (node) => node.flops),
    activationBytes: sum(nodes, (node) => node.activationBytes),
    nodes,
    uncounted: Object.fromEntries(uncounted),
  };
}

function addUncounted(uncounted: Map<string, number>, node: NodeProto): void {
  const inner = [...bodiesOf(node)].flatMap((body) => [...graphNodes(body)]);
  for (const uncountedNode of [node, ...inner]) {
    const name = toOperatorName(uncountedNode);
    uncounted.set(name, (uncounted.get(name) ?? 0) + 1);
  }
}

/** Weights in the bodies of a node belong to the node. */
function sumWeights(node: NodeProto, weights: ReadonlyMap<NodeProto, Weight[]>) {
  const owners = [node, ...[...bodiesOf(node)].flatMap((body) => [...graphNodes(body)])];
  const owned = owners.flatMap((owner) => weights.get(owner) ?? []);
  return { parameters: sum(owned, (weight) => weight.elements), weightBytes: sum(owned, (weight) => weight.bytes) };
}

/** Bytes read and written that are not weights; null when a tensor's shape or type is unknown. */
function activationBytes(
  node: NodeProto,
  shapes: TensorShapes,
  constants: ReadonlySet<string>,
  types: ReadonlyMap<string, number>,
): number | null {
  if (VIEWS.has(node.opType)) return 0;
  let bytes = 0;
  for (const name of [...node.input, ...node.output]) {
    if (name === '' || constants.has(name)) continue;
    const dims = shapes.get(name);
    const bits = elementBits(types.get(name) ?? 0);
    if (dims === undefined || bits === null) return null;
    bytes += Math.ceil((product(dims) * bits) / 8);
  }
  return bytes;
}

function sum<T>(items: readonly T[], value: (item: T) => number | null): number {
  return items.reduce((total, item) => total + (value(item) ?? 0), 0);
}
