import { createHash } from 'node:crypto';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { createOutputFile } from '../../onnx/output-file.ts';
import type { Sha256 } from '../../../shared/domain/ids.ts';
import { sha256Schema } from '../../../shared/domain/ids.ts';
import type { ElementType } from '../../../shared/domain/model.ts';
import { bytesPerElement, encodeValues } from './encode-values.ts';
import type { Draw, SampleContext } from './fill-values.ts';
import { createDraw, fillSample } from './fill-values.ts';
import type { InputHint } from './input-hints.ts';
import { hintInput } from './input-hints.ts';

/** An input with all dimensions known. */
export interface ResolvedInput {
  name: string;
  type: ElementType;
  dims: number[];
}

/** Inputs of many queries in one raw file: feed after feed, each the listed tensors one after another. */
export interface InputPool {
  path: string;
  sha256: Sha256;
  /** Distinct queries in the file. */
  feeds: number;
  tensors: { name: string; type: ElementType; dims: number[]; byteLength: number }[];
  /** Distinct samples over all feeds. */
  distinctSamples: number;
  source: 'generated' | 'files';
  /** null when the values come from files. */
  seed: number | null;
  /** What was assumed about the inputs because nothing in the model tells, one sentence each. */
  remarks: string[];
}

export interface GenerateOptions {
  inputs: readonly ResolvedInput[];
  /** Samples in one query; the leading dimension of inputs that carry a batch. */
  batch: number;
  seed: number;
  /** Meaning of inputs by name (`findInputHints`); inputs without one are judged by name, type and shape. */
  hints?: Readonly<Record<string, InputHint>>;
  /** Distinct samples wanted, 64 unless said otherwise. */
  distinct?: number;
  /** Engines hold the whole pool in memory: 512 MiB unless said otherwise. One query is always written. */
  maxPoolBytes?: number;
  /** File to write. */
  target: string;
  signal?: AbortSignal;
}

/** Distinct samples and queries that a measurement should rotate over. */
export const fewestSamples = 64;
export const fewestFeeds = 4;
const MAX_POOL_BYTES = 512 * 2 ** 20;

/**
 * Generates distinct, valid inputs from a seed and writes them to `target`: at least 64 samples and four queries as
 * long as they fit into 512 MiB. The same seed and shapes give the same file. Throws INPUTS_INVALID for element types
 * without a generator, STORAGE_FULL and STORAGE_UNUSABLE.
 */
export async function generateInputs(options: GenerateOptions): Promise<InputPool> {
  const { inputs, batch, seed, target } = options;
  const planned = inputs.map((input) => ({ input, hint: options.hints?.[input.name] ?? hintInput(input, null) }));
  const tensors = inputs.map((input) => ({
    name: input.name,
    type: input.type,
    dims: input.dims,
    byteLength: elements(input.dims) * bytesPerElement(input.type, input.name),
  }));
  const feedBytes = tensors.reduce((sum, tensor) => sum + tensor.byteLength, 0);
  const wanted = Math.max(fewestFeeds, Math.ceil((options.distinct ?? fewestSamples) / batch));
  const feeds = Math.max(
    1,
    Math.min(wanted, Math.floor((options.maxPoolBytes ?? MAX_POOL_BYTES) / Math.max(1, feedBytes))),
  );

  const draw = createDraw(xoroshiro128plus(seed));
  const sequence = describeSequence(planned);
  const hash = createHash('sha256');
  await using file = await createOutputFile(target, hash);
  for (let feed = 0; feed < feeds; feed++) {
    options.signal?.throwIfAborted();
    const contexts = Array.from({ length: batch }, () => toContext(sequence, draw));
    for (const { input, hint } of planned) {
      const values = generateTensor(input, hint, contexts, draw);
      await file.write(encodeValues(values, input.type, input.name));
    }
  }
  await file.finish();
  await file.commit();
  return {
    path: target,
    sha256: sha256Schema.parse(hash.digest('hex')),
    feeds,
    tensors,
    distinctSamples: feeds * batch,
    source: 'generated',
    seed,
    remarks: planned.flatMap(({ input, hint }) => remarkOn(input, hint)),
  };
}

/** One tensor of a feed; an input whose leading dimension is not the batch is one sample. */
function generateTensor(
  input: ResolvedInput,
  hint: InputHint,
  contexts: readonly SampleContext[],
  draw: Draw,
): Float32Array {
  const values = new Float32Array(elements(input.dims));
  const batched = input.dims.length > 0 && input.dims[0] === contexts.length;
  const used = batched ? contexts : contexts.slice(0, 1);
  const dims = batched || input.dims[0] === 1 ? input.dims.slice(1) : input.dims;
  const size = values.length / used.length;
  used.forEach((context, sample) => {
    fillSample(values.subarray(sample * size, (sample + 1) * size), dims, hint, context, draw);
  });
  if (hint.kind === 'image' && input.type === 'uint8') toPixels(values);
  return values;
}

function toPixels(values: Float32Array): void {
  for (let index = 0; index < values.length; index++) {
    values[index] = Math.max(0, Math.min(255, Math.round(128 + 50 * (values[index] ?? 0))));
  }
}

interface Planned {
  input: ResolvedInput;
  hint: InputHint;
}

function describeSequence(planned: readonly Planned[]) {
  const cache = planned.find(({ hint }) => hint.kind === 'cache')?.input.dims;
  const sequence = planned.find(({ input, hint }) => hint.kind !== 'cache' && input.dims.length >= 2)?.input.dims;
  const hasMask = planned.some(({ hint }) => hint.kind === 'mask');
  return {
    pastLength: cache?.length === 4 ? (cache[2] ?? 0) : 0,
    length: sequence?.[1] ?? 1,
    padded: hasMask && !cache,
  };
}

/** Without a mask the model could not tell padding from text, and with a cache there is none. */
function toContext(sequence: ReturnType<typeof describeSequence>, draw: Draw): SampleContext {
  return {
    filled: sequence.padded ? 0.5 + 0.5 * draw.uniform() : 1,
    pastLength: sequence.pastLength,
    sequenceLength: sequence.length,
  };
}

function remarkOn(input: ResolvedInput, hint: InputHint): string[] {
  if (hint.kind !== 'integers' || !hint.guessed) return [];
  const range = hint.below === 1 ? 'only 0' : `whole numbers from 0 to ${hint.below - 1}`;
  return [`Nothing in the model tells the range of the input "${input.name}", so ${range} was used.`];
}

function elements(dims: readonly number[]): number {
  return dims.reduce((size, dim) => size * dim, 1);
}
