import type { Residence } from './pair-source.ts';

/**
 * Memory that a session takes in terms of its file: the weights, the same again in the layout that the kernels read,
 * and while it is being opened the file itself. An assumption on the safe side, not measured (docs/method/comparison.md).
 */
const memoryPerFileByte = 3;
/** An engine without a session, with Node and ONNX Runtime. */
const engineBytes = 150 * 2 ** 20;

export interface MemoryNeed {
  /** Sizes of both model files with their external data, bytes. */
  modelBytes: readonly [number, number];
  /** Inputs of both sides, bytes. */
  inputBytes: readonly [number, number];
  /** null: unknown. */
  limitBytes: number | undefined;
}

/** Where both sessions can live, and the reason where that is not one process. */
export function chooseResidence({ modelBytes, inputBytes, limitBytes }: MemoryNeed): {
  residence: Residence;
  reason: string | null;
} {
  const needs = modelBytes.map((bytes, side) => memoryPerFileByte * bytes + (inputBytes[side] ?? 0));
  const together = engineBytes + needs.reduce((sum, bytes) => sum + bytes, 0);
  if (limitBytes === undefined || together <= limitBytes) return { residence: 'together', reason: null };
  const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return {
    residence: 'in-turn',
    reason: `Both sessions together may take ${gibibytes(together)} of the ${gibibytes(limitBytes)} that an engine may use, so a process of each was started in turn.`,
  };
}
