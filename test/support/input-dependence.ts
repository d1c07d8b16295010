import type { ReferenceModel } from '../../src/core/models/building/define-reference-model.ts';
import { sampleInputs } from '../../src/core/models/building/calibration-inputs.ts';
import { evaluateGraph } from './evaluate-graph.ts';

export interface InputDependence {
  output: string;
  /** Share of the output's energy that differs between inputs, over all channels. 0: the input does not matter. */
  betweenInputEnergy: number;
  distinctArgmax: number;
  inputs: number;
}

/** A seed that no model is calibrated with. */
const UNSEEN_SEED = 977;
const BATCH = 8;
const SEQUENCE = 128;

/** Runs a model over inputs that its calibration has not seen and says how much its main output depends on them. */
export async function inputDependence(model: ReferenceModel, path: string, count: number): Promise<InputDependence> {
  const output = model.outputs.find((candidate) => candidate.dims.length === 2) ?? model.outputs[0];
  if (!output) throw new Error(`${model.id} has no output.`);
  const rows: Float32Array[] = [];
  for (let start = 0; start < count; start += BATCH) {
    const feeds = sampleInputs(model.inputs, { batch: BATCH, sequence: SEQUENCE, past: 0 }, UNSEEN_SEED + start);
    const results = await evaluateGraph(path, feeds, [output.name]);
    const tensor = results[output.name];
    if (tensor?.type !== 'float32') throw new Error(`${output.name} is missing.`);
    const width = Number(tensor.dims.at(-1));
    // A sequence output counts by its first position, where a classifier would read it.
    const stride = tensor.data.length / BATCH;
    for (let row = 0; row < BATCH; row++) rows.push(tensor.data.slice(row * stride, row * stride + width));
  }
  const distinctArgmax = new Set(rows.map((row) => row.indexOf(Math.max(...row)))).size;
  return { output: output.name, betweenInputEnergy: betweenEnergy(rows), distinctArgmax, inputs: count };
}

function betweenEnergy(rows: readonly Float32Array[]): number {
  const width = rows[0]?.length ?? 0;
  let between = 0;
  let total = 0;
  for (let channel = 0; channel < width; channel++) {
    const values = rows.map((row) => row[channel]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    for (const value of values) {
      between += (value - mean) ** 2;
      total += value ** 2;
    }
  }
  return between / total;
}
