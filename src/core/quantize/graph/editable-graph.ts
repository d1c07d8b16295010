import { create } from '@bufbuild/protobuf';
import { DataType } from '../../onnx/element-types.ts';
import type { GraphProto, ModelProto, NodeProto, TensorProto } from '../../onnx/gen/onnx_pb.js';
import { NodeProtoSchema, OperatorSetIdProtoSchema, TensorProtoSchema } from '../../onnx/gen/onnx_pb.js';
import type { LoadedModel } from '../../onnx/read.ts';
import { allNodes, DEFAULT_DOMAIN, tensorAttribute, toDomain } from '../../onnx/walk.ts';
import type { TensorData } from '../../onnx/write.ts';
import { copyData, createFloatReader } from './tensor-bytes.ts';
import { finishModel } from './finish-model.ts';
import { claimName, tensorNames } from './scopes.ts';

/** A tensor that replaces or accompanies a weight. */
export interface NewTensor {
  /** Wanted name; a number is added where it is taken. */
  stem: string;
  dataType: number;
  dims: readonly number[];
}

/** Packed data of several tensors that are computed together, in the order in which they were announced. */
export type ComputeTensors = () => readonly Uint8Array[];

export interface NewNode {
  operator: string;
  domain?: string;
  /** Wanted name; nodes without one stay without. */
  stem: string;
  inputs: readonly string[];
  /** Names of the outputs, which must be new or those of a node that is replaced. */
  outputs: readonly string[];
  attributes?: NodeProto['attribute'];
}

/** A model that is being changed. Weights stay in their files until the result is written. */
export interface EditableGraph {
  readonly model: ModelProto;
  readonly graph: GraphProto;
  /** The constant of that name: an initializer of the main graph, also one that stood in a Constant node. */
  constant(name: string): TensorProto | undefined;
  /** The node of the main graph that produces a tensor. */
  producer(name: string): NodeProto | undefined;
  /** A name that no tensor has, kept from then on. */
  freeName(stem: string): string;
  /** float32 elements of a constant, read now and valid until the next call. */
  readFloats(tensor: TensorProto): Float32Array<ArrayBuffer>;
  /** Adds initializers whose data is computed together while writing; returns their names. */
  addComputed(tensors: readonly NewTensor[], compute: ComputeTensors): string[];
  /** Changes the type of an initializer; the data is computed while writing. */
  recompute(tensor: TensorProto, dataType: number, compute: () => Uint8Array): void;
  createNode(node: NewNode): NodeProto;
  /** Puts nodes in the place of one of the main graph. */
  replace(node: NodeProto, by: readonly NodeProto[]): void;
  /** Gives an output of a node another name; who reads it does not follow. */
  renameOutput(node: NodeProto, from: string, to: string): void;
  /** Lets nodes of the main graph, all or some, read another tensor; those added by `add` and bodies do not follow. */
  renameReads(from: string, to: string, isMeant?: (node: NodeProto) => boolean): void;
  /** Adds nodes to the main graph; `finish` puts them where they belong. */
  add(nodes: readonly NodeProto[]): void;
  /** Sorts, removes what nothing needs, and returns what `writeModel` takes. */
  finish(): { model: ModelProto; tensorData: TensorData };
}

/** Opens a model for changes; `loaded.model` itself is changed. */
export function openGraph(loaded: LoadedModel): EditableGraph {
  const { model, graph } = loaded;
  const computed = new Map<string, () => Uint8Array>();
  liftConstants(graph);
  const taken = tensorNames(model);
  const nodeNames = new Set([...allNodes(model)].map(({ name }) => name));
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const replacements = new Map<NodeProto, readonly NodeProto[]>();
  const added: NodeProto[] = [];
  const computeOnce = rememberLatest();
  const readFloats = createFloatReader(loaded);

  function register(node: NodeProto): void {
    for (const name of node.output) producers.set(name, node);
  }
  return {
    model,
    graph,
    constant: (name) => constants.get(name),
    producer: (name) => producers.get(name),
    freeName: (stem) => claimName(taken, stem),
    readFloats,
    addComputed(tensors, compute) {
      return tensors.map(({ stem, dataType, dims }, index) => {
        const name = claimName(taken, stem);
        const tensor = create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt) });
        graph.initializer.push(tensor);
        constants.set(name, tensor);
        computed.set(name, () => computeOnce(compute, index));
        return name;
      });
    },
    recompute(tensor, dataType, compute) {
      const index = graph.initializer.indexOf(tensor);
      const { name, dims } = tensor;
      const replaced = create(TensorProtoSchema, { name, dims, dataType });
      graph.initializer[index] = replaced;
      constants.set(name, replaced);
      computed.set(name, compute);
    },
    createNode({ operator, domain = '', stem, inputs, outputs, attributes = [] }) {
      const node = create(NodeProtoSchema, {
        name: stem === '' ? '' : claimName(nodeNames, stem),
        opType: operator,
        domain,
        input: [...inputs],
        output: [...outputs],
        attribute: attributes,
      });
      register(node);
      return node;
    },
    replace(node, by) {
      replacements.set(node, by);
    },
    renameOutput(node, from, to) {
      node.output = node.output.map((name) => (name === from ? to : name));
      producers.delete(from);
      producers.set(to, node);
    },
    renameReads(from, to, isMeant = () => true) {
      for (const node of graph.node) {
        if (node.input.includes(from) && isMeant(node)) {
          node.input = node.input.map((name) => (name === from ? to : name));
        }
      }
    },
    add(nodes) {
      added.push(...nodes);
    },
    finish() {
      graph.node = [...graph.node.flatMap((node) => expand(node, replacements)), ...added];
      declareDomains(model);
      finishModel(loaded);
      return {
        model,
        tensorData(name) {
          const compute = computed.get(name);
          if (compute !== undefined) return compute();
          const tensor = constants.get(name);
          return tensor === undefined ? undefined : copyData(loaded, tensor);
        },
      };
    },
  };
}

/** A replacement may itself be replaced, as a Gemm is by a MatMul. */
function expand(node: NodeProto, replacements: ReadonlyMap<NodeProto, readonly NodeProto[]>): NodeProto[] {
  return replacements.get(node)?.flatMap((one) => expand(one, replacements)) ?? [node];
}

/** The tensors of one weight are asked for one after another, so the last result is enough and memory does not grow. */
function rememberLatest(): (compute: ComputeTensors, index: number) => Uint8Array {
  let latest: { compute: ComputeTensors; tensors: readonly Uint8Array[] } | null = null;
  return (compute, index) => {
    if (latest?.compute !== compute) {
      // Let go of first, so that two weights are never held at once.
      latest = null;
      latest = { compute, tensors: compute() };
    }
    return latest.tensors[index] ?? new Uint8Array();
  };
}

/**
 * Makes initializers of Constant nodes with a tensor, which is where weights of some exporters are. Only their place
 * changes: names and data stay, large data in the file included.
 */
function liftConstants(graph: GraphProto): void {
  graph.node = graph.node.filter((node) => {
    if (node.opType !== 'Constant' || toDomain(node.domain) !== DEFAULT_DOMAIN) return true;
    const tensor = tensorAttribute(node, 'value');
    const [name] = node.output;
    if (tensor === null || name === undefined || tensor.dataType === DataType.STRING) return true;
    tensor.name = name;
    graph.initializer.push(tensor);
    return false;
  });
}

function declareDomains(model: ModelProto): void {
  const stated = new Set(model.opsetImport.map(({ domain }) => toDomain(domain)));
  for (const node of model.graph?.node ?? []) {
    const domain = toDomain(node.domain);
    if (stated.has(domain)) continue;
    stated.add(domain);
    model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain, version: 1n }));
  }
}
