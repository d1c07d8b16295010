import type { TensorPayload } from '../../engine/protocol.ts';
import type { Measurement, OutputProblem } from '../../shared/domain/measurement.ts';
import type { CellConfig } from '../../shared/domain/plan.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import { evaluateModel } from '../engine-client/evaluate.ts';
import { measuredSession } from '../engine-client/session-config.ts';
import type { FileTensor } from '../models/import/test-data-sets.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';
import { toNumbers } from '../onnx/tensor-values.ts';
import { wilsonInterval } from '../stats/proportion.ts';

interface Tolerance {
  relative: number;
  absolute: number;
}

/** With these ONNX Runtime runs ONNX's backend tests: |actual - expected| <= absolute + relative |expected|. */
const ordinary: Tolerance = { relative: 1e-3, absolute: 1e-5 };
/**
 * One rounding to float16 is off by up to 2^-11 and to bfloat16 by up to 2^-9 of the value (IEEE 754: half a unit in
 * the last of 11 and 8 bits), so 1e-2 are 20 and 5 of them. Below 2^-14 float16 loses bits, and sums cancel: 1e-3.
 */
const sixteenBits: Tolerance = { relative: 1e-2, absolute: 1e-3 };

/** How one output compares with what was recorded for it. */
export type OutputComparison =
  /** `relativeError` is the largest difference over the largest expected magnitude; the tolerance is elementwise. */
  { state: 'compared'; relativeError: number; withinTolerance: boolean } | { state: OutputProblem };

/**
 * Compares one output with what was recorded for it. NaN and infinity are right where they were expected and a state
 * of their own elsewhere; types that are not numbers to JavaScript are not comparable.
 */
export function compareOutputs(expected: FileTensor, actual: TensorPayload | undefined): OutputComparison {
  if (actual === undefined) return { state: 'missing' };
  if (expected.dims.join() !== actual.dims.join()) return { state: 'another-shape' };
  const wanted = toNumbers(expected);
  const found = toNumbers(actual);
  if (wanted === null || wanted.length !== found?.length) return { state: 'not-comparable' };
  const { relative, absolute } = expected.type === 'float16' || expected.type === 'bfloat16' ? sixteenBits : ordinary;
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
    if (!Number.isFinite(difference)) return { state: 'not-finite' };
    largest = Math.max(largest, difference);
    magnitude = Math.max(magnitude, Math.abs(want));
    if (difference > absolute + relative * Math.abs(want)) withinTolerance = false;
  }
  return { state: 'compared', relativeError: magnitude > 0 ? largest / magnitude : largest, withinTolerance };
}

/** All comparisons of a run as one: the largest error, and the outputs that have none, once for each state. */
export function summarizeComparisons(
  comparisons: readonly { output: string; result: OutputComparison }[],
): NonNullable<Measurement['expectedOutputs']> {
  const problems = new Map<string, { output: string; state: OutputProblem }>();
  let maxRelativeError: number | null = null;
  let withinTolerance = true;
  for (const { output, result } of comparisons) {
    if (result.state === 'compared') {
      maxRelativeError = Math.max(maxRelativeError ?? 0, result.relativeError);
      withinTolerance &&= result.withinTolerance;
    } else {
      problems.set(`${output} ${result.state}`, { output, state: result.state });
      withinTolerance &&= result.state === 'not-comparable';
    }
  }
  return { compared: comparisons.length, maxRelativeError, withinTolerance, problems: [...problems.values()] };
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
