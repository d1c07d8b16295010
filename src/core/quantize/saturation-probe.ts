import { evaluateModel } from '../engine-client/evaluate.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import { resourcePath } from '../resources.ts';

/** Whether sums of 8-bit products saturate on this processor. */
export interface Saturation {
  saturates: boolean;
  /** The right answer of the probe. */
  exact: number;
  /** What this processor computes. */
  found: number;
}

/** Length of the rows that are multiplied: 64 products of the largest uint8 and the largest int8. */
const length = 64;
const exact = length * 255 * 127;

/**
 * Multiplies the largest uint8 by the largest int8 values on this processor. AVX2 and AVX-512 without VNNI add two
 * products in 16 bits, which saturates; weights within 7 bits (`reduceRange`) avoid that. Processors with VNNI or AMX,
 * and ARM, compute exactly. A probe and no list of processors, because hypervisors hide instructions.
 * Throws ENGINE_FAILED.
 */
export async function probeSaturation(
  spawn: SpawnEngine,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Saturation> {
  const data = new Uint8Array(length).fill(255);
  const feeds = { x: { type: 'uint8' as const, dims: [1, length], data } };
  const { y } = await evaluateModel(spawn, resourcePath('engine', 'saturation.onnx'), feeds, signal ? { signal } : {});
  const sums = new Int32Array(y?.data.buffer ?? new ArrayBuffer(0), y?.data.byteOffset ?? 0, 16);
  const found = Math.min(...sums);
  return { saturates: found !== exact, exact, found };
}
