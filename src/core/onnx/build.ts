import { create } from '@bufbuild/protobuf';
import type { AttributeProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from './gen/onnx_pb.js';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  ValueInfoProtoSchema,
} from './gen/onnx_pb.js';
import type { Dimension } from '../../shared/domain/model.ts';

/** Newest pair that every execution provider of the ONNX Runtime build accepts, and that has LayerNormalization. */
const BUILD_OPSET = 17;
const IR_VERSION = 8n;

export type BuildType = 'float32' | 'int64';

/** The value of one node attribute, tagged by its ONNX attribute type. */
export type AttributeValue = { int: number } | { ints: readonly number[] } | { float: number } | { text: string };
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Little-endian packed elements, produced only while the file is written. The chunks may share one buffer. */
export type LazyData = () => Iterable<Uint8Array>;

export interface NodeOptions {
  attributes?: Attributes;
  /** Path of the layer that the node belongs to; node and tensor names start with it. */
  scope?: string;
}

export interface BuiltModel {
  model: ModelProto;
  /** Data of the lazy initializers, in the form that `writeModel` takes; undefined for those the model carries. */
  tensorData: (initializerName: string) => Iterable<Uint8Array> | undefined;
}

/** Collects one graph. Every method that makes a tensor returns its name, which is how later nodes refer to it. */
export interface GraphBuilder {
  input(name: string, type: BuildType, dims: readonly Dimension[]): string;
  /** Publishes a tensor under `name`; the tensor is renamed, no node is added. `dims` null leaves the shape open. */
  output(name: string, tensor: string, type: BuildType, dims: readonly Dimension[] | null): void;
  /** A float32 weight whose data is produced while writing. */
  weight(name: string, dims: readonly number[], data: LazyData): string;
  /** A float32 scalar or vector; equal constants share one initializer. */
  floats(values: number | readonly number[]): string;
  /** An int64 scalar or vector (shapes, axes, indices); equal constants share one initializer. */
  integers(values: number | readonly number[]): string;
  node(operator: string, inputs: readonly string[], options?: NodeOptions): string;
  nodeWithOutputs(operator: string, inputs: readonly string[], outputs: number, options?: NodeOptions): string[];
  /** The model, without the nodes and weights that no output needs. */
  build(name: string, metadata?: Readonly<Record<string, string>>): BuiltModel;
}

/** A builder of opset 17, IR version 8 models in the default operator domain. */
export function createGraphBuilder(): GraphBuilder {
  const inputs: ValueInfoProto[] = [];
  const outputs: { tensor: string; info: ValueInfoProto }[] = [];
  const nodes: NodeProto[] = [];
  const initializers = new Map<string, TensorProto>();
  const lazy = new Map<string, LazyData>();
  const names = new Set<string>();

  function claim(name: string): string {
    if (names.has(name)) throw new Error(`The name "${name}" is used twice in one graph.`);
    names.add(name);
    return name;
  }
  function freeName(stem: string): string {
    let name = stem;
    for (let index = 1; names.has(name); index++) name = `${stem}_${index}`;
    return claim(name);
  }
  function constant(stem: string, dataType: number, dims: readonly number[], data: ArrayBufferView): string {
    const name = `constant/${stem}`;
    if (!initializers.has(name)) {
      const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      initializers.set(claim(name), create(TensorProtoSchema, { name, dataType, dims: toBigInts(dims), rawData }));
    }
    return name;
  }
  function nodeWithOutputs(operator: string, from: readonly string[], count: number, options: NodeOptions = {}) {
    for (const name of from) {
      if (name !== '' && !names.has(name)) throw new Error(`${operator} reads the unknown tensor "${name}".`);
    }
    const name = freeName(options.scope ? `${options.scope}/${operator}` : operator);
    const output = Array.from({ length: count }, (_, index) => claim(`${name}_output_${index}`));
    const attribute = Object.entries(options.attributes ?? {}).map(([key, value]) => toAttribute(key, value));
    nodes.push(create(NodeProtoSchema, { name, opType: operator, input: [...from], output, attribute }));
    return output;
  }

  return {
    input(name, type, dims) {
      inputs.push(toValueInfo(claim(name), type, dims));
      return name;
    },
    output(name, tensor, type, dims) {
      outputs.push({ tensor, info: toValueInfo(claim(name), type, dims) });
    },
    weight(name, dims, data) {
      const tensor = create(TensorProtoSchema, { name, dataType: DataType.FLOAT, dims: toBigInts(dims) });
      initializers.set(claim(name), tensor);
      lazy.set(name, data);
      return name;
    },
    floats(values) {
      const list = toList(values);
      return constant(toStem('float', values), DataType.FLOAT, toDims(values), Float32Array.from(list));
    },
    integers(values) {
      const list = toList(values);
      return constant(toStem('int', values), DataType.INT64, toDims(values), BigInt64Array.from(list, BigInt));
    },
    node(operator, from, options) {
      return nodeWithOutputs(operator, from, 1, options)[0]!;
    },
    nodeWithOutputs,
    build(name, metadata = {}) {
      const rename = new Map(outputs.map((output) => [output.tensor, output.info.name]));
      const live = liveNodes(nodes, new Set(rename.keys()));
      const read = new Set(live.flatMap((node) => node.input));
      const graph = create(GraphProtoSchema, {
        name,
        input: inputs.filter((input) => read.has(input.name)),
        output: outputs.map((output) => output.info),
        initializer: [...initializers.values()].filter((tensor) => read.has(tensor.name)),
        node: live.map((node) => renamed(node, rename)),
      });
      const model = create(ModelProtoSchema, {
        irVersion: IR_VERSION,
        producerName: 'inferometer',
        opsetImport: [{ domain: '', version: BigInt(BUILD_OPSET) }],
        graph,
        metadataProps: Object.entries(metadata).map(([key, value]) =>
          create(StringStringEntryProtoSchema, { key, value }),
        ),
      });
      return { model, tensorData: (tensor) => lazy.get(tensor)?.() };
    },
  };
}

/** ONNX Runtime executes every node of a graph, needed or not, so a partial graph must not carry the others. */
function liveNodes(nodes: readonly NodeProto[], roots: ReadonlySet<string>): NodeProto[] {
  const needed = new Set(roots);
  const live: NodeProto[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.output.some((name) => needed.has(name))) continue;
    for (const name of node.input) needed.add(name);
    live.push(node);
  }
  return live.reverse();
}

function renamed(node: NodeProto, names: ReadonlyMap<string, string>): NodeProto {
  const apply = (list: readonly string[]) => list.map((name) => names.get(name) ?? name);
  return create(NodeProtoSchema, {
    name: node.name,
    opType: node.opType,
    attribute: node.attribute,
    input: apply(node.input),
    output: apply(node.output),
  });
}

function toAttribute(name: string, value: AttributeValue): AttributeProto {
  if ('int' in value) return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value.int) });
  if ('ints' in value) {
    return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: toBigInts(value.ints) });
  }
  if ('float' in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: Buffer.from(value.text, 'utf8') });
}

function toValueInfo(name: string, type: BuildType, dims: readonly Dimension[] | null): ValueInfoProto {
  const elemType = type === 'float32' ? DataType.FLOAT : DataType.INT64;
  const dim = dims?.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value: typeof size === 'number' ? { case: 'dimValue', value: BigInt(size) } : { case: 'dimParam', value: size },
    }),
  );
  const value = dim ? { elemType, shape: { dim } } : { elemType };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value } } });
}

function toBigInts(values: readonly number[]): bigint[] {
  return values.map(BigInt);
}

function toList(values: number | readonly number[]): readonly number[] {
  return typeof values === 'number' ? [values] : values;
}

function toDims(values: number | readonly number[]): number[] {
  return typeof values === 'number' ? [] : [values.length];
}

function toStem(type: string, values: number | readonly number[]): string {
  return typeof values === 'number' ? `${type}_${values}` : `${type}s_${values.join('_')}`;
}
