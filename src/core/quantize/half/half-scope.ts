import { DataType } from '../../onnx/element-types.ts';
import type { GraphProto, NodeProto } from '../../onnx/gen/onnx_pb.js';
import { intAttributeOf } from '../graph/attributes.ts';
import type { EditableGraph } from '../graph/editable-graph.ts';

/** Names under which one tensor is there in float16 and in float32. */
interface Versions {
  half: string | null;
  float: string | null;
}

/** The float32 tensors of one graph while it is being converted. Tensors of the graphs around it are visible. */
export interface HalfScope {
  graph: GraphProto;
  types: ReadonlyMap<string, number>;
  /** Whether a tensor was float32 before the conversion. */
  isFloat(name: string): boolean;
  /** Whether the tensor of this graph is float16 now under its own name. */
  isHalf(name: string): boolean;
  define(name: string, versions: Partial<Versions>): void;
  /** Defines a tensor that is float16 under another name, with a Cast to float32 under its own. */
  defineOutput(name: string): string;
  /** Name of the float16 or float32 version; a Cast is added to the graph that owns the tensor where there was none. */
  version(name: string, kind: keyof Versions): string;
  /** Casts that were added to this graph. */
  casts: NodeProto[];
}

export function createScope(
  graph: GraphProto,
  types: ReadonlyMap<string, number>,
  parent: HalfScope | null,
  { createNode, freeName }: Pick<EditableGraph, 'createNode' | 'freeName'>,
): HalfScope {
  const tensors = new Map<string, Versions>();
  const casts: NodeProto[] = [];

  function cast(from: string, to: string, dataType: number): string {
    casts.push(
      createNode({
        operator: 'Cast',
        stem: `${to}_Cast`,
        inputs: [from],
        outputs: [to],
        attributes: [intAttributeOf('to', dataType)],
      }),
    );
    return to;
  }
  return {
    graph,
    types,
    casts,
    isFloat: (name) => types.get(name) === DataType.FLOAT,
    isHalf: (name) => tensors.get(name)?.half === name,
    define(name, { half = null, float = null }) {
      tensors.set(name, { half, float });
    },
    defineOutput(name) {
      const half = freeName(`${name}_float16`);
      tensors.set(name, { half, float: cast(half, name, DataType.FLOAT) });
      return half;
    },
    version(name, kind) {
      const versions = tensors.get(name);
      if (versions === undefined) return parent?.version(name, kind) ?? name;
      const { half, float } = versions;
      if (kind === 'half')
        return (versions.half ??= cast(float ?? name, freeName(`${name}_float16`), DataType.FLOAT16));
      return (versions.float ??= cast(half ?? name, freeName(`${name}_float32`), DataType.FLOAT));
    },
  };
}
