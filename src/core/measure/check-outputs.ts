import type { TensorPayload } from '../../engine/protocol.ts';
import type { Measurement } from '../../shared/domain/measurement.ts';
import type { CellConfig } from '../../shared/domain/plan.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import { evaluateModel } from '../engine-client/evaluate.ts';
import { measuredSession } from '../engine-client/session-config.ts';
import type { FileTensor } from '../models/import/test-data-sets.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';
import { wilsonInterval } from '../stats/proportion.ts';

/** Tolerances of ONNX's own backend tests: |actual - expected| <= absolute + relative |expected|. */
const relativeTolerance = 1e-3;
const absoluteTolerance = 1e-5;

/** Reads any numeric payload as numbers; 64-bit integers beyond 2^53 lose digits, which the comparison tolerates. */
function toNumbers({ type, data }: Pick<TensorPayload, 'type' | 'data'>): Float64Array | null {
  const aligned = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice().buffer;
  switch (type) {
    case 'float32':
      return Float64Array.from(new Float32Array(aligned));
    case 'float64':
      return new Float64Array(aligned);
    case 'int64':
      return Float64Array.from(new BigInt64Array(aligned), Number);
    case 'int32':
      return Float64Array.from(new Int32Array(aligned));
    case 'uint8':
    case 'bool':
      return Float64Array.from(new Uint8Array(aligned));
    case 'int8':
      return Float64Array.from(new Int8Array(aligned));
    default:
      return null;
  }
}

/**
 * Compares one output with what was recorded for it. The error is the largest difference over the largest expected
 * magnitude; the tolerance is elementwise. A missing output, another shape or a NaN on one side alone is infinite.
 */
export function compareOutputs(
  expected: FileTensor,
  actual: TensorPayload | undefined,
): { relativeError: number; withinTolerance: boolean } {
  const different = { relativeError: Number.MAX_VALUE, withinTolerance: false };
  if (expected.dims.join() !== actual?.dims.join()) return different;
  const wanted = toNumbers(expected);
  const found = toNumbers(actual);
  if (wanted === null || wanted.length !== found?.length) return different;
  let largest = 0;
  let magnitude = 0;
  let withinTolerance = true;
  for (let index = 0; index < wanted.length; index++) {
    const want = wanted[index]!;
    const got = found[index]!;
    if (Object.is(want, got) || want === got) {
      magnitude = Math.max(magnitude, Number.isFinite(want) ? Math.abs(want) : 0);
      continue;
    }
    const difference = Math.abs(want - got);
    if (!Number.isFinite(difference)) return different;
    largest = Math.max(largest, difference);
    magnitude = Math.max(magnitude, Math.abs(want));
    if (difference > absoluteTolerance + relativeTolerance * Math.abs(want)) withinTolerance = false;
  }
  return { relativeError: magnitude > 0 ? largest / magnitude : largest, withinTolerance };
}

export interface AccuracyOptions {
  spawn: SpawnEngine;
  model: ResolvedModel;
  config: CellConfig;
  allowedCpus: number[];
  signal?: AbortSignal;
}

/** Index of the largest value; the first one where several are equal. */
function argmax(values: Float32Array): number {
  return values.reduce((best, value, index) => (value > (values[best] ?? Number.NEGATIVE_INFINITY) ? index : best), 0);
}

/**
 * Accuracy of a trained reference model over its held-out samples on the provider that is measured, with Wilson's
 * interval. null for models with random weights: there is no such thing as their accuracy.
 */
export async function checkAccuracy({
  spawn,
  model,
  config,
  allowedCpus,
  signal,
}: AccuracyOptions): Promise<Measurement['accuracy']> {
  if (model.reference?.weights.kind !== 'trained') return null;
  const { features, featureDims, labels } = await model.reference.weights.labelled('held-out');
  const [input] = model.reference.inputs;
  const [output] = model.reference.outputs;
  if (input === undefined || output === undefined) return null;
  const outputs = await evaluateModel(
    spawn,
    model.path,
    { [input.name]: { type: 'float32', dims: [labels.length, ...featureDims], data: features } },
    { session: measuredSession(config, model.path, allowedCpus), ...(signal ? { signal } : {}) },
  );
  const scores = outputs[output.name];
  if (scores === undefined) return null;
  const { buffer, byteOffset, byteLength } = scores.data;
  const logits = new Float32Array(buffer, byteOffset, byteLength / 4);
  const classes = logits.length / labels.length;
  let correct = 0;
  labels.forEach((label, sample) => {
    if (argmax(logits.subarray(sample * classes, (sample + 1) * classes)) === label) correct++;
  });
  const reading = {
    value: correct / labels.length,
    unit: 'ratio' as const,
    kind: 'measured' as const,
    interval: wilsonInterval(correct, labels.length),
    n: labels.length,
  };
  return { correct, total: labels.length, reading };
}
