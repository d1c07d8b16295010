import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import { modelInputs } from '../../onnx/inspect.ts';
import type { LoadedModel } from '../../onnx/read.ts';
import { intAttribute } from '../../onnx/walk.ts';
import type { TensorInfo } from '../../../shared/domain/model.ts';

/** What an input means, so that valid and realistic values can be made for it. */
export type InputHint =
  /** Ids from 1 to `vocabulary` - 1; 0 stands for padding. */
  | { kind: 'tokens'; vocabulary: number }
  /** 1 where a token is real, 0 in the padding at the end. */
  | { kind: 'mask' }
  /** 0 for the first part of a text, 1 for the second. */
  | { kind: 'segments'; count: number }
  /** Counting up along the last dimension, below `limit`. */
  | { kind: 'positions'; limit: number }
  /** Number of steps in each sample, cached ones included, minus `less`. */
  | { kind: 'lengths'; less: number }
  /** Smooth structure and noise, normalised to mean 0 and deviation 1; 0 to 255 in uint8. */
  | { kind: 'image'; channels: 'first' | 'last' }
  /** Normal values. */
  | { kind: 'normal'; deviation: number }
  /** Keys, values and states that an earlier step would have left. */
  | { kind: 'cache' }
  /** Whole numbers below `below`; `guessed` when nothing in the model tells the range. */
  | { kind: 'integers'; below: number; guessed: boolean };

/** Operators through which an id reaches its embedding unchanged. */
const PASS_THROUGH = new Set([
  'Cast',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'Identity',
  'Transpose',
  'Slice',
  'Expand',
]);
const CACHE_NAME = /past|cache|key_values|mems|initial_[hc]|(^|[._])[hc][_.]?\d+$|^(state|hidden)([._]|\d|$)/;
const INTEGER_TYPES = new Set(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64']);

/** Reads the meaning of every input from its name, type and shape and from the embedding that it selects from. */
export function findInputHints(loaded: LoadedModel): Record<string, InputHint> {
  const rows = embeddingRows(loaded);
  return Object.fromEntries(
    modelInputs(loaded).map((input) => [input.name, hintInput(input, rows.get(input.name) ?? null)]),
  );
}

/** Meaning of one input; `embeddingRows` is the size of the table that it selects from, null where there is none. */
export function hintInput(input: TensorInfo, rows: number | null): InputHint {
  const name = input.name.toLowerCase();
  if (CACHE_NAME.test(name) && isFloat(input)) return { kind: 'cache' };
  if (name.includes('mask')) return { kind: 'mask' };
  if (input.type === 'bool') return { kind: 'integers', below: (input.dims?.length ?? 0) > 0 ? 2 : 1, guessed: true };
  if (/len(gth)?s?$|seqlens/.test(name) && !isFloat(input)) {
    // GroupQueryAttention counts from 0 there: the index of the last key.
    return { kind: 'lengths', less: name.includes('seqlens_k') ? 1 : 0 };
  }
  if (!INTEGER_TYPES.has(input.type)) return imageLayout(input) ?? { kind: 'normal', deviation: 1 };
  if (/token_type|segment/.test(name)) return { kind: 'segments', count: Math.min(2, rows ?? 2) };
  if (name.includes('position')) return { kind: 'positions', limit: rows ?? Number.MAX_SAFE_INTEGER };
  if (rows !== null) return { kind: 'tokens', vocabulary: rows };
  return (input.type === 'uint8' ? imageLayout(input) : null) ?? { kind: 'integers', below: 2, guessed: true };
}

function isFloat(input: TensorInfo): boolean {
  return /^b?float/.test(input.type);
}

/** Four dimensions with one, three or four channels, and a picture rather than a vector behind them. */
function imageLayout(input: TensorInfo): InputHint | null {
  if (input.dims?.length !== 4) return null;
  const isChannels = (dim: unknown): boolean => dim === 1 || dim === 3 || dim === 4;
  if (isChannels(input.dims[1])) return { kind: 'image', channels: 'first' };
  return isChannels(input.dims[3]) ? { kind: 'image', channels: 'last' } : null;
}

/** For every input that selects rows of a constant table with Gather: the rows of the smallest such table. */
function embeddingRows(loaded: LoadedModel): Map<string, number> {
  const tables = constantTables(loaded);
  const consumers = new Map<string, { node: NodeProto; position: number }[]>();
  for (const node of loaded.graph.node) {
    node.input.forEach((name, position) => {
      const list = consumers.get(name);
      if (list) list.push({ node, position });
      else consumers.set(name, [{ node, position }]);
    });
  }
  const rows = new Map<string, number>();
  for (const { name: input } of loaded.graph.input) {
    const queue = [input];
    const seen = new Set(queue);
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      for (const { node, position } of consumers.get(name) ?? []) {
        const size = position === 1 && isGather(node) ? tables.get(node.input[0] ?? '') : undefined;
        if (size !== undefined) rows.set(input, Math.min(size, rows.get(input) ?? Infinity));
        const next = position === 0 && PASS_THROUGH.has(node.opType) ? node.output[0] : undefined;
        if (next === undefined || seen.has(next)) continue;
        seen.add(next);
        queue.push(next);
      }
    }
  }
  return rows;
}

function isGather(node: NodeProto): boolean {
  return (node.opType === 'Gather' || node.opType === 'GatherBlockQuantized') && gatherAxis(node) === 0;
}

function gatherAxis(node: NodeProto): number {
  return intAttribute(node, node.opType === 'Gather' ? 'axis' : 'gather_axis', 0);
}

/** Rows of constants by tensor name, also behind the casts and dequantizers that small-precision models put there. */
function constantTables(loaded: LoadedModel): Map<string, number> {
  const tables = new Map<string, number>();
  for (const tensor of loaded.graph.initializer) {
    if (tensor.dims.length > 0) tables.set(tensor.name, Number(tensor.dims[0]));
  }
  for (const node of loaded.graph.node) {
    const size = tables.get(node.input[0] ?? '');
    const output = node.output[0];
    if (size === undefined || output === undefined) continue;
    if (node.opType === 'DequantizeLinear' || node.opType === 'Cast' || node.opType === 'Identity')
      tables.set(output, size);
  }
  return tables;
}
