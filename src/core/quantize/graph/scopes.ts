import type { GraphProto, ModelProto, NodeProto } from '../../onnx/gen/onnx_pb.js';
import { allGraphs, bodiesOf, graphNodes } from '../../onnx/walk.ts';

/** Names of tensors that a graph reads from outside of it, in its own nodes and in bodies nested in them. */
export function outerReferences(graph: GraphProto): Set<string> {
  const own = new Set([
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.sparseInitializer.map(({ values }) => values?.name ?? ''),
    ...graph.node.flatMap(({ output }) => output),
  ]);
  const outer = new Set<string>();
  for (const node of graph.node) {
    for (const name of readsOf(node)) if (!own.has(name)) outer.add(name);
  }
  for (const { name } of graph.output) if (!own.has(name)) outer.add(name);
  return outer;
}

/** Names of tensors that a node needs: its inputs, and what bodies nested in it read from the graph around them. */
export function readsOf(node: NodeProto): Set<string> {
  const names = new Set(node.input.filter((name) => name !== ''));
  for (const body of bodiesOf(node)) for (const name of outerReferences(body)) names.add(name);
  return names;
}

/** Replaces names that a body reads from outside of it. A body may not hide outer names, so a plain replacement is safe. */
export function renameReferences(body: GraphProto, names: ReadonlyMap<string, string>): void {
  for (const node of graphNodes(body)) {
    node.input = node.input.map((name) => names.get(name) ?? name);
    for (const nested of bodiesOf(node)) renameOutputs(nested, names);
  }
  renameOutputs(body, names);
}

function renameOutputs(body: GraphProto, names: ReadonlyMap<string, string>): void {
  for (const output of body.output) output.name = names.get(output.name) ?? output.name;
}

/** Every name of a tensor in the model, whichever graph it belongs to. */
export function tensorNames(model: ModelProto): Set<string> {
  const names = new Set<string>();
  for (const graph of allGraphs(model)) {
    for (const { name } of [...graph.input, ...graph.output, ...graph.valueInfo, ...graph.initializer]) names.add(name);
    for (const { values } of graph.sparseInitializer) names.add(values?.name ?? '');
    for (const { output } of graph.node) for (const name of output) names.add(name);
  }
  return names;
}

/** The stem, or the stem with a number, as a name that is not taken; it is from then on. */
export function claimName(taken: Set<string>, stem: string): string {
  let name = stem;
  for (let index = 1; taken.has(name) || name === ''; index += 1) name = `${stem}_${index}`;
  taken.add(name);
  return name;
}

/**
 * Nodes in an order in which each comes after those it needs, close to the given one. A cycle, which no valid model
 * has, is left as it was.
 */
export function sortNodes(nodes: readonly NodeProto[]): NodeProto[] {
  const producers = new Map(nodes.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const sorted: NodeProto[] = [];
  const state = new Map<NodeProto, 'open' | 'done'>();
  for (const start of nodes) {
    // Without recursion: a graph may be deeper than the stack.
    const stack: { node: NodeProto; needs: Iterator<string> }[] = [];
    const visit = (node: NodeProto): void => {
      if (state.has(node)) return;
      state.set(node, 'open');
      stack.push({ node, needs: readsOf(node).values() });
    };
    visit(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = top.needs.next();
      if (need.done === true) {
        state.set(top.node, 'done');
        sorted.push(top.node);
        stack.pop();
        continue;
      }
      const producer = producers.get(need.value);
      if (producer !== undefined) visit(producer);
    }
  }
  return sorted;
}
