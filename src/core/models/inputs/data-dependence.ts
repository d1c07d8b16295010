import type { GraphProto, NodeProto } from '../../onnx/gen/onnx_pb.js';
import type { LoadedModel } from '../../onnx/read.ts';

/** Operators whose amount of work or output size follows the values of their inputs. */
const VALUE_DEPENDENT = new Set(['NonMaxSuppression', 'NonZero', 'Unique', 'Compress']);
/** Operators whose result depends on the shape of their input only. */
const SHAPE_ONLY = new Set(['Shape', 'Size']);

/**
 * Says, in a phrase, why generated inputs would not represent the work of this model: a branch, a loop or a selection
 * that follows the values of the inputs. null when the work depends on shapes only.
 */
export function describeDataDependence(loaded: LoadedModel): string | null {
  const producers = new Map<string, NodeProto>();
  for (const node of loaded.graph.node) for (const output of node.output) producers.set(output, node);
  const inputs = new Set(loaded.graph.input.map((input) => input.name));
  for (const tensor of loaded.graph.initializer) inputs.delete(tensor.name);
  const followsInputs = (names: readonly string[]): boolean => reachesInput(names, producers, inputs);

  for (const node of loaded.graph.node) {
    const label = node.name === '' ? node.opType : `${node.opType} "${node.name}"`;
    if (node.opType === 'If' && followsInputs(node.input)) return `${label} branches on values of the inputs`;
    if (node.opType === 'Loop' && (followsInputs(node.input.slice(0, 2)) || endsItself(node))) {
      return `${label} repeats as often as values of the inputs say`;
    }
    if (VALUE_DEPENDENT.has(node.opType) && followsInputs(node.input))
      return `${label} selects by values of the inputs`;
  }
  return null;
}

function reachesInput(
  names: readonly string[],
  producers: ReadonlyMap<string, NodeProto>,
  inputs: ReadonlySet<string>,
): boolean {
  const queue = [...names];
  const seen = new Set(queue);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (inputs.has(name)) return true;
    const producer = producers.get(name);
    if (producer === undefined || SHAPE_ONLY.has(producer.opType)) continue;
    for (const input of producer.input) {
      if (seen.has(input)) continue;
      seen.add(input);
      queue.push(input);
    }
  }
  return false;
}

/** Whether a loop computes its own end: its body's first output is neither a constant nor the condition passed on. */
function endsItself(loop: NodeProto): boolean {
  const body: GraphProto | undefined = loop.attribute.find((attribute) => attribute.name === 'body')?.g;
  const condition = body?.output[0]?.name;
  if (body === undefined || condition === undefined) return false;
  const carried = new Set([...body.input.map((input) => input.name), ...body.initializer.map((tensor) => tensor.name)]);
  const producers = new Map(body.node.flatMap((node) => node.output.map((output) => [output, node] as const)));
  let name = condition;
  // At most as many steps as there are nodes: a damaged body may go in circles.
  for (let step = 0; step <= body.node.length; step++) {
    if (carried.has(name)) return false;
    const producer = producers.get(name);
    if (producer === undefined || producer.opType === 'Constant') return false;
    if (producer.opType !== 'Identity' && producer.opType !== 'Cast') return true;
    name = producer.input[0] ?? '';
  }
  return true;
}
