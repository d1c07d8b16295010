import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
} from './gen/onnx_pb.js';
import { AttributeProto_AttributeType as AttributeType } from './gen/onnx_pb.js';

/** Name of the default operator domain, which files also write as "". */
export const DEFAULT_DOMAIN = 'ai.onnx';

export function toDomain(domain: string): string {
  return domain === '' ? DEFAULT_DOMAIN : domain;
}

/** "domain:Operator", or only the operator in the default domain. */
export function toOperatorName(node: Pick<NodeProto, 'domain' | 'opType'>): string {
  const domain = toDomain(node.domain);
  return domain === DEFAULT_DOMAIN ? node.opType : `${domain}:${node.opType}`;
}

/** Every node of the model: the main graph, bodies of If, Loop and Scan, and model-local functions (once each). */
export function* allNodes(model: ModelProto): Generator<NodeProto> {
  if (model.graph) yield* graphNodes(model.graph);
  for (const definition of model.functions) yield* nodesWithin(definition);
}

/** Every node of a graph and of the graphs nested in it. Depth is bounded by the parser's recursion limit. */
export function* graphNodes(graph: GraphProto): Generator<NodeProto> {
  yield* nodesWithin(graph);
}

function* nodesWithin(owner: GraphProto | FunctionProto): Generator<NodeProto> {
  for (const node of owner.node) {
    yield node;
    for (const body of bodiesOf(node)) yield* nodesWithin(body);
  }
}

/** Graphs nested directly in a node. */
export function* bodiesOf(node: NodeProto): Generator<GraphProto> {
  for (const attribute of node.attribute) {
    if (attribute.g) yield attribute.g;
    yield* attribute.graphs;
  }
}

/** Every graph of the model: the main one and all bodies, also those in functions. */
export function* allGraphs(model: ModelProto): Generator<GraphProto> {
  if (model.graph) yield model.graph;
  for (const node of allNodes(model)) yield* bodiesOf(node);
}

/** Every tensor that carries data: initializers and attributes, sparse parts included. */
export function* allTensors(model: ModelProto): Generator<TensorProto> {
  for (const graph of allGraphs(model)) {
    yield* graph.initializer;
    for (const sparse of graph.sparseInitializer) yield* sparseParts(sparse);
  }
  for (const node of allNodes(model)) {
    for (const attribute of node.attribute) yield* attributeTensors(attribute);
  }
  for (const definition of model.functions) {
    for (const attribute of definition.attributeProto) yield* attributeTensors(attribute);
  }
}

function* attributeTensors(attribute: AttributeProto): Generator<TensorProto> {
  if (attribute.t) yield attribute.t;
  yield* attribute.tensors;
  if (attribute.sparseTensor) yield* sparseParts(attribute.sparseTensor);
  for (const sparse of attribute.sparseTensors) yield* sparseParts(sparse);
}

function* sparseParts(sparse: SparseTensorProto): Generator<TensorProto> {
  if (sparse.values) yield sparse.values;
  if (sparse.indices) yield sparse.indices;
}

function attributeOf(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((attribute) => attribute.name === name);
}

/** Value of an integer attribute, or the default of the operator. */
export function intAttribute(node: NodeProto, name: string, fallback: number): number {
  const attribute = attributeOf(node, name);
  return attribute?.type === AttributeType.INT ? Number(attribute.i) : fallback;
}

/** Value of a float attribute, or the default of the operator. */
export function floatAttribute(node: NodeProto, name: string, fallback: number): number {
  const attribute = attributeOf(node, name);
  return attribute?.type === AttributeType.FLOAT ? attribute.f : fallback;
}

/** Value of an integer list attribute, or null when it is absent. */
export function intsAttribute(node: NodeProto, name: string): number[] | null {
  return attributeOf(node, name)?.ints.map(Number) ?? null;
}

/** Value of a string attribute, or null when it is absent. */
export function stringAttribute(node: NodeProto, name: string): string | null {
  const attribute = attributeOf(node, name);
  return attribute === undefined ? null : new TextDecoder().decode(attribute.s);
}

/** The tensor of a node's attribute, or null when it is absent. */
export function tensorAttribute(node: NodeProto, name: string): TensorProto | null {
  return attributeOf(node, name)?.t ?? null;
}
