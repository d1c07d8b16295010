import type { NodeReport } from '../../../shared/domain/quantization.ts';
import { DataType } from '../../onnx/element-types.ts';
import type { GraphProto, NodeProto, ValueInfoProto } from '../../onnx/gen/onnx_pb.js';
import { inferElementTypes } from '../../onnx/tensor-types.ts';
import { bodiesOf, toOperatorName } from '../../onnx/walk.ts';
import type { EditableGraph } from '../graph/editable-graph.ts';
import { readFinite, readNumbers } from '../graph/read-finite.ts';
import { outerReferences, renameReferences, sortNodes } from '../graph/scopes.ts';
import { toFloat16Bits } from '../numerics/float16.ts';
import { changed } from '../recipe/node-reports.ts';
import { convertAttributes, toHalfTensor } from './convert-attributes.ts';
import { readAsHalf, type FloatRules } from './half-initializers.ts';
import { createScope, type HalfScope } from './half-scope.ts';

export interface HalfRules extends FloatRules {
  /** Why a node stays in float32, for the report. */
  reportLeft(node: NodeProto): NodeReport;
}

/**
 * Converts a graph and the bodies of its control flow to float16, with float32 inputs and outputs. Around nodes that
 * stay in float32 casts are added, none where both sides are float32. `types` are those of the main graph. Writing the
 * result throws MODEL_WEIGHTS_NOT_FINITE.
 */
export function convertToHalf(
  graph: EditableGraph,
  types: ReadonlyMap<string, number>,
  rules: HalfRules,
): NodeReport[] {
  const main = graph.graph;
  const scope = createScope(main, types, null, graph);
  const half = readAsHalf(main, rules);
  const outputs = new Set(main.output.map(({ name }) => name));
  const reports: NodeReport[] = [];
  const factors = readByProducts(main);
  const constants = new Set(main.initializer.map(({ name }) => name));
  for (const { name } of main.input)
    if (scope.isFloat(name) && !constants.has(name)) scope.define(name, { float: name });
  for (const tensor of [...main.initializer]) {
    if (tensor.dataType !== DataType.FLOAT) continue;
    if (!half.has(tensor.name) || outputs.has(tensor.name)) {
      scope.define(tensor.name, { float: tensor.name });
      continue;
    }
    scope.define(tensor.name, { half: tensor.name });
    const read = factors.has(tensor.name) ? readFinite : readNumbers;
    graph.recompute(tensor, DataType.FLOAT16, () => new Uint8Array(toFloat16Bits(read(graph, tensor)).buffer));
  }
  const context: Context = { graph, rules, half, outputs, reports };
  for (const node of sortNodes(main.node)) convertNode(context, scope, node);
  graph.add(scope.casts);
  main.valueInfo = convertFacts(scope, main.valueInfo);
  return reports;
}

/** Names that products and convolutions read, where an infinite number spoils every sum; a mask may be infinite. */
function readByProducts({ node }: GraphProto): Set<string> {
  const products = node.filter(({ opType }) => /^(Conv|ConvTranspose|MatMul|Gemm|LSTM|GRU|RNN)$/.test(opType));
  return new Set(products.flatMap(({ input }) => input));
}

interface Context {
  graph: EditableGraph;
  rules: HalfRules;
  half: ReadonlySet<string>;
  /** Outputs of the model, which keep their names and their type. */
  outputs: ReadonlySet<string>;
  reports: NodeReport[];
}

function convertNode(context: Context, scope: HalfScope, node: NodeProto): void {
  const { graph, rules, reports } = context;
  const touchesFloats = [...node.input, ...node.output].some((name) => scope.isFloat(name));
  if (rules.staysFloat(node)) {
    if (touchesFloats) reports.push(rules.reportLeft(node));
    keepFloat(scope, node);
    return;
  }
  if (touchesFloats) reports.push(changed(node, [toOperatorName(node)]));
  const floats = rules.floatInputs(node);
  node.input = node.input.map((name, position) =>
    scope.isFloat(name) ? scope.version(name, floats.includes(position) ? 'float' : 'half') : name,
  );
  for (const body of bodiesOf(node)) convertBody(context, scope, body);
  convertAttributes(node, graph.readFloats);
  node.output = node.output.map((name) => {
    if (!scope.isFloat(name)) return name;
    if (scope.graph === graph.graph && context.outputs.has(name)) return scope.defineOutput(name);
    scope.define(name, { half: name });
    return name;
  });
}

function keepFloat(scope: HalfScope, node: NodeProto): void {
  node.input = node.input.map((name) => (scope.isFloat(name) ? scope.version(name, 'float') : name));
  for (const body of bodiesOf(node)) {
    const captured = [...outerReferences(body)].filter((name) => scope.isFloat(name));
    renameReferences(body, new Map(captured.map((name) => [name, scope.version(name, 'float')])));
  }
  for (const name of node.output) if (scope.isFloat(name)) scope.define(name, { float: name });
}

/** A body takes and gives float16 where it took and gave float32, as the node around it then does. */
function convertBody(context: Context, outer: HalfScope, body: GraphProto): void {
  const { graph } = context;
  const scope = createScope(body, inferElementTypes({ graph: body }, outer.types), outer, graph);
  for (const { name } of body.input) if (scope.isFloat(name)) scope.define(name, { half: name });
  body.initializer = body.initializer.map((tensor) => {
    if (tensor.dataType !== DataType.FLOAT) return tensor;
    const isHalf = context.half.has(tensor.name);
    scope.define(tensor.name, isHalf ? { half: tensor.name } : { float: tensor.name });
    return isHalf ? toHalfTensor(tensor, graph.readFloats) : tensor;
  });
  for (const node of sortNodes(body.node)) convertNode(context, scope, node);
  for (const output of body.output) {
    if (scope.isFloat(output.name)) output.name = scope.version(output.name, 'half');
  }
  body.node = sortNodes([...body.node, ...scope.casts]);
  body.input = body.input.map(toHalfFact);
  body.output = body.output.map(toHalfFact);
  body.valueInfo = convertFacts(scope, body.valueInfo);
}

/** What is stated about intermediate tensors: true for those that are float16 now, and unchanged for the others. */
function convertFacts(scope: HalfScope, facts: readonly ValueInfoProto[]): ValueInfoProto[] {
  return facts
    .filter(({ type }) => type?.value.case === 'tensorType')
    .map((fact) => (scope.isHalf(fact.name) ? toHalfFact(fact) : fact));
}

function toHalfFact(fact: ValueInfoProto): ValueInfoProto {
  const value = fact.type?.value;
  if (value?.case === 'tensorType' && value.value.elemType === DataType.FLOAT) value.value.elemType = DataType.FLOAT16;
  return fact;
}
