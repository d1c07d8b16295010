import type { ElementType } from '../../../shared/domain/model.ts';
import { DataType } from '../../onnx/element-types.ts';
import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import { DEFAULT_DOMAIN, toDomain } from '../../onnx/walk.ts';
import type { EditableGraph } from '../graph/editable-graph.ts';
import { readsOf } from '../graph/scopes.ts';

/** What marking has to know about the tensors of the main graph, before anything is changed. */
export interface TensorFacts {
  readonly opset: number;
  isConstant(name: string): boolean;
  /** True for float32 tensors, constant or not; only those are quantized. */
  isFloat(name: string): boolean;
  /** Number of dimensions of a constant; null of others. */
  constantRank(name: string): number | null;
  isInput(name: string): boolean;
  /** True for an output that a node produces; an input or constant that is passed on cannot be renamed. */
  isOutput(name: string): boolean;
  /** Nodes that read a tensor, once for each place, bodies of control flow included. */
  readers(name: string): readonly NodeProto[];
  producer(name: string): NodeProto | undefined;
}

/** Collects the facts; `types` has the element type of every tensor that is not constant. */
export function collectFacts(editable: EditableGraph, types: ReadonlyMap<string, ElementType>): TensorFacts {
  const { graph, model } = editable;
  const readers = new Map<string, NodeProto[]>();
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  for (const node of graph.node) {
    const direct = node.input.filter((name) => name !== '');
    const nested = [...readsOf(node)].filter((name) => !direct.includes(name));
    for (const name of [...direct, ...nested]) {
      const known = readers.get(name);
      if (known === undefined) readers.set(name, [node]);
      else known.push(node);
    }
  }
  const inputs = new Set(graph.input.map(({ name }) => name));
  const outputs = new Set(graph.output.map(({ name }) => name).filter((name) => producers.has(name)));
  const opset = model.opsetImport.find(({ domain }) => toDomain(domain) === DEFAULT_DOMAIN)?.version ?? 0n;
  return {
    opset: Number(opset),
    isConstant: (name) => editable.constant(name) !== undefined,
    isFloat(name) {
      const constant = editable.constant(name);
      return constant === undefined ? types.get(name) === 'float32' : constant.dataType === DataType.FLOAT;
    },
    constantRank: (name) => editable.constant(name)?.dims.length ?? null,
    isInput: (name) => inputs.has(name),
    isOutput: (name) => outputs.has(name),
    readers: (name) => readers.get(name) ?? [],
    producer: (name) => producers.get(name),
  };
}
