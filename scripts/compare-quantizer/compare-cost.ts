import { rmSync } from 'node:fs';
import path from 'node:path';
import type { InputPool } from '../../src/core/models/inputs/generate-inputs.ts';
import { medianOf } from '../../src/engine/timing/clock.ts';
import type { QuantizerCase } from './cases.ts';
import type { ComparedModel } from './models.ts';
import { runTree, type TreeRun } from './process-tree.ts';

/** What one quantization takes, from the start of the program to its end: medians of the runs. */
export interface Cost {
  wallS: number;
  peakBytes: number;
}

export interface CostOptions {
  interpreter: string;
  /** Calibration inputs for both. */
  pool: InputPool | null;
  runs: number;
  /** For the files that are written and removed. */
  folder: string;
  say: (line: string) => void;
}

/** Quantizes a model with both tools in turn, in processes of their own, which go first by turns as well. */
export async function compareCost(
  { path: source, dims }: ComparedModel,
  one: QuantizerCase,
  { interpreter, pool, runs, folder, say }: CostOptions,
): Promise<{ here: Cost; python: Cost }> {
  const target = path.join(folder, 'cost.onnx');
  const here = (): Promise<TreeRun> => {
    const request = { source, dims, target, recipe: one.recipe, parameters: one.parameters, pool };
    return runTree(process.execPath, [path.join(import.meta.dirname, 'quantize-here.ts'), JSON.stringify(request)]);
  };
  const python = async (): Promise<TreeRun> => {
    const request = { source, pool, cases: [{ ...one.python, target }] };
    const script = path.join(import.meta.dirname, 'python_quantizer.py');
    const ended = await runTree(interpreter, [script, JSON.stringify(request)]);
    const { failed } = JSON.parse(ended.output.trim().split('\n').at(-1) ?? '{}') as { failed?: string | null };
    if (failed !== null) throw new Error(`Python does not quantize ${source}: ${failed ?? 'it did not answer'}`);
    return ended;
  };
  const taken: { here: TreeRun[]; python: TreeRun[] } = { here: [], python: [] };
  for (let run = 0; run < runs; run += 1) {
    const order = run % 2 === 0 ? (['here', 'python'] as const) : (['python', 'here'] as const);
    for (const side of order) {
      const ended = await (side === 'here' ? here() : python());
      taken[side].push(ended);
      rmSync(target, { force: true });
      say(`${side} ${ended.wallS.toFixed(1)} s, ${(ended.peakBytes / 1e6).toFixed(0)} MB`);
    }
  }
  return { here: toCost(taken.here), python: toCost(taken.python) };
}

function toCost(runs: readonly TreeRun[]): Cost {
  return {
    wallS: medianOf(runs.map(({ wallS }) => wallS)),
    peakBytes: medianOf(runs.map(({ peakBytes }) => peakBytes)),
  };
}
