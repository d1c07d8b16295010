import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TensorPayload } from '../../../engine/protocol.ts';
import type { LabelledQuality, OutputAgreement } from '../../../shared/domain/comparison.ts';
import { InferometerError } from '../../../shared/errors.ts';
import { toNumbers } from '../../onnx/tensor-values.ts';
import { createLabelCount } from './labelled-quality.ts';
import { createAgreement, type AgreementSums } from './output-agreement.ts';
import { readOutputShape, type OutputShape } from './output-shape.ts';
import type { RecordedOutputs } from './record-outputs.ts';
import { runPool, type RunPoolOptions } from './run-pool.ts';

export interface CompareOutputsOptions extends Omit<RunPoolOptions, 'onOutputs' | 'feeds'> {
  /** What the other model gave for the same pool. */
  recorded: RecordedOutputs;
  /** Samples of one feed. */
  batch: number;
  /** True class of each sample of the pool, in its order; null where there are none. */
  labels: ArrayLike<number> | null;
  /** Called with the feeds that are done. */
  onProgress?: (feeds: number) => void;
}

export interface ComparedOutputs {
  outputs: OutputAgreement[];
  labelled: LabelledQuality | null;
  /** Largest number of samples over the outputs. */
  samples: number;
  peakRssBytes: number;
  /** What was left out or has a special meaning, one sentence each. */
  remarks: string[];
}

/** Elements that are compared before others get a turn: about 10 ms. */
const partElements = 1 << 18;

/** Runs a second model over a pool and compares its outputs with those recorded from the first, feed by feed. */
export async function compareOutputs({
  recorded,
  batch,
  labels,
  onProgress,
  ...options
}: CompareOutputsOptions): Promise<ComparedOutputs> {
  const count = labels === null ? null : createLabelCount(labels);
  const samples = options.pool.distinctSamples;
  let compared: Map<string, Compared> | null = null;
  const remarks = new Set<string>();
  const run = await runPool({
    ...options,
    feeds: recorded.feeds,
    async onOutputs(feed, outputs) {
      const expected = await recorded.read(feed);
      compared ??= matchOutputs(expected, outputs, { batch, labels, count, remarks });
      for (const one of compared.values()) {
        const remark = await addFeed(one, expected[one.baseline], outputs[one.candidate], samples - feed * batch);
        if (remark === null) continue;
        remarks.add(remark);
        compared.delete(one.baseline);
      }
      onProgress?.(feed + 1);
      return true;
    },
  });
  const results = [...((compared as Map<string, Compared> | null)?.values() ?? [])].map(({ sums }) => sums.finish());
  for (const { output, notFinite } of results) if (notFinite > 0) remarks.add(describeNotFinite(output, notFinite));
  const labelled = count?.finish() ?? null;
  if (labels !== null && labelled === null) {
    remarks.add('The labels could not be used: no output gives a score for each class or a class for each sample.');
  }
  return {
    outputs: results.map(({ notFinite: _, ...agreement }) => agreement),
    labelled,
    samples: Math.max(0, ...results.map((result) => result.samples)),
    peakRssBytes: run.peakRssBytes,
    remarks: [...remarks],
  };
}

/** One output of the first model and what the second one has for it. */
interface Compared {
  baseline: string;
  candidate: string;
  shape: OutputShape;
  dims: string;
  sums: AgreementSums;
  /** Gets the class of each sample where the output holds classes instead of scores. */
  onClass: ((baseline: number, candidate: number) => void) | null;
}

interface MatchContext {
  batch: number;
  labels: ArrayLike<number> | null;
  count: ReturnType<typeof createLabelCount> | null;
  remarks: Set<string>;
}

function matchOutputs(
  expected: Readonly<Record<string, TensorPayload>>,
  found: Readonly<Record<string, TensorPayload>>,
  { batch, labels, count, remarks }: MatchContext,
): Map<string, Compared> {
  const compared = new Map<string, Compared>();
  let judge = count;
  for (const [baseline, candidate] of pairNames(Object.keys(expected), Object.keys(found), remarks)) {
    const { type, dims } = expected[baseline]!;
    const shape = readOutputShape(baseline, type, dims, batch);
    const { classes, elements } = shape;
    const perSample = judge !== null && (classes === elements || isClassOfSample(type, shape));
    const onClass = perSample && judge !== null ? judge.add : null;
    if (perSample) {
      if (labels !== null && classes !== null) checkLabels(labels, classes);
      judge = null;
    }
    if (classes !== null && classes < elements) remarks.add(describePositions(baseline, elements / classes));
    compared.set(baseline, {
      baseline,
      candidate,
      shape,
      dims: dims.join(),
      sums: createAgreement({ output: baseline, elements, classes, ...(onClass && classes ? { onRow: onClass } : {}) }),
      onClass: classes === null ? onClass : null,
    });
  }
  return compared;
}

/** Outputs of the same name; where no name is shared and each model has one output, these. */
function pairNames(expected: readonly string[], found: readonly string[], remarks: Set<string>): [string, string][] {
  const shared = expected.filter((name) => found.includes(name));
  const [one, other] = [expected[0], found[0]];
  if (shared.length === 0 && one !== undefined && other !== undefined && expected.length + found.length === 2) {
    remarks.add(`The outputs "${one}" and "${other}" have different names and were compared as the only ones.`);
    return [[one, other]];
  }
  for (const name of expected) {
    if (!shared.includes(name)) remarks.add(`The candidate has no output "${name}", so it was not compared.`);
  }
  return shared.map((name) => [name, name]);
}

function isClassOfSample(type: string, { elements }: OutputShape): boolean {
  return elements === 1 && (type === 'int64' || type === 'int32');
}

/** Adds the samples of one feed, as far as they are distinct; the reason where they cannot be compared. */
async function addFeed(
  { baseline, shape, dims, sums, onClass }: Compared,
  expected: TensorPayload | undefined,
  found: TensorPayload | undefined,
  samplesLeft: number,
): Promise<string | null> {
  if (expected === undefined || found === undefined) return `The output "${baseline}" was not always given.`;
  if (expected.dims.join() !== dims)
    return `The shape of "${baseline}" changes from run to run, so it was not compared.`;
  if (found.dims.join() !== dims) {
    return `The output "${baseline}" has the shape [${found.dims.join(', ')}] in the candidate instead of [${expected.dims.join(', ')}] and was not compared.`;
  }
  const wanted = toNumbers(expected);
  const numbers = toNumbers(found);
  if (wanted === null || numbers === null) return `The output "${baseline}" holds no numbers and was not compared.`;
  const used = Math.min(shape.samples, samplesLeft) * shape.elements;
  const width = shape.classes ?? 1;
  const part = Math.max(width, partElements - (partElements % width));
  for (let sample = 0; sample < used; sample += shape.elements) {
    for (let start = sample; start < sample + shape.elements; start += part) {
      const end = Math.min(start + part, sample + shape.elements);
      sums.add(wanted.subarray(start, end), numbers.subarray(start, end));
      if (end - start >= partElements / 2) await nextTurn();
    }
    onClass?.(wanted[sample]!, numbers[sample]!);
  }
  return null;
}

/** Throws INPUTS_INVALID for a label that is no class of the model. */
function checkLabels(labels: ArrayLike<number>, classes: number): void {
  for (let sample = 0; sample < labels.length; sample++) {
    const label = labels[sample]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new InferometerError({
      code: 'INPUTS_INVALID',
      message: `Sample ${sample + 1} has the label ${label}, but the model has the classes 0 to ${classes - 1}.`,
      remedy: 'Number the classes from 0 in the order of the scores that the model gives.',
      data: { sample, label, classes },
    });
  }
}

function describePositions(output: string, positions: number): string {
  return `The output "${output}" has scores at ${positions} positions of each sample; each position counts, padding included.`;
}

function describeNotFinite(output: string, count: number): string {
  return `${count} elements of "${output}" are infinite or not a number on one side only, so it has no relative error.`;
}
