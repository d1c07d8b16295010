import type { TensorProto } from '../../src/core/onnx/gen/onnx_pb.js';
import { readModel, type LoadedModel } from '../../src/core/onnx/read.ts';
import { readTensorBytes } from '../../src/core/onnx/tensor-data.ts';

export interface TensorComparison {
  /** Quantized weights, scales and zero points that both files have. */
  tensors: number;
  bytes: number;
  /** Names of those that differ in type, dimensions or data, with the number of bytes. */
  different: { name: string; bytes: number }[];
  /** Names that only one of the files has. */
  onlyHere: string[];
  onlyPython: string[];
}

/** Names that both quantizers give: what replaces a weight, its scales and its zero points. */
const quantizedName = /_(quantized|scale|zero_point|Q[48]|scales|zero_points)$/;

/** Compares what two quantizers made of the weights of one model, by name, byte by byte. */
export async function compareTensors(here: string, python: string): Promise<TensorComparison> {
  const [left, right] = [await readModel(here), await readModel(python)];
  const ours = quantizedTensors(left);
  const theirs = quantizedTensors(right);
  const comparison: TensorComparison = {
    tensors: 0,
    bytes: 0,
    different: [],
    onlyHere: [...ours.keys()].filter((name) => !theirs.has(name)),
    onlyPython: [...theirs.keys()].filter((name) => !ours.has(name)),
  };
  for (const [name, tensor] of ours) {
    const other = theirs.get(name);
    if (other === undefined) continue;
    const mine = readTensorBytes(left, tensor);
    comparison.tensors += 1;
    comparison.bytes += mine.byteLength;
    const bytes = countDifferent(mine, readTensorBytes(right, other));
    const isSameKind = tensor.dataType === other.dataType && String(tensor.dims) === String(other.dims);
    if (bytes > 0 || !isSameKind) comparison.different.push({ name, bytes });
  }
  return comparison;
}

function quantizedTensors({ graph }: LoadedModel): Map<string, TensorProto> {
  return new Map(
    graph.initializer.filter(({ name }) => quantizedName.test(name)).map((tensor) => [tensor.name, tensor]),
  );
}

function countDifferent(left: Uint8Array, right: Uint8Array): number {
  if (left.byteLength !== right.byteLength) return Math.max(left.byteLength, right.byteLength);
  let count = 0;
  for (let index = 0; index < left.byteLength; index += 1) if (left[index] !== right[index]) count += 1;
  return count;
}
