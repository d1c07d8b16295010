import type { TensorInfo } from '../../../../shared/domain/model.ts';
import type { SampleArray } from './dataset.ts';
import { layoutOf } from './element-layout.ts';
import type { SampleBatch } from './find-batch.ts';
import { invalidData } from './invalid.ts';
import { labelsName } from './separate-labels.ts';

/** An input of the model and the array that its samples come from. */
export interface MatchedInput {
  input: TensorInfo;
  array: SampleArray;
  /** Dimensions of the tensor in one feed, without the batch where the input carries it. */
  dims: readonly number[];
  carriesBatch: boolean;
  /** Samples in the array; null for a value that is the same in every feed. */
  samples: number | null;
}

/** Names that NumPy gives to arrays without one, and the one that a lone .npy file has. */
const unnamed = /^arr_\d+$/;

/** Finds the array of each input, by name, or as the only one there is. Throws INPUTS_INVALID. */
export function matchArrays(
  place: string,
  arrays: readonly SampleArray[],
  inputs: readonly TensorInfo[],
  batch: SampleBatch,
): MatchedInput[] {
  const listed = inputs.map(({ name }) => name).join(', ');
  const [only] = arrays;
  if (inputs.length === 1 && arrays.length === 1 && only && (only.name === null || unnamed.test(only.name))) {
    return inputs.map((input) => matchInput(input, only, batch));
  }
  const unknown = arrays.find(({ name }) => inputs.every((input) => input.name !== name));
  const remedy = `Name the arrays like the inputs of the model: ${listed}; classes go into "${labelsName}".`;
  if (unknown !== undefined) {
    throw invalidData(
      unknown.name === null
        ? `${place} is one array, and the model has ${inputs.length} inputs.`
        : `${place} holds an array "${unknown.name}", and the model has no such input.`,
      remedy,
    );
  }
  return inputs.map((input) => {
    const array = arrays.find(({ name }) => name === input.name);
    if (array === undefined) throw invalidData(`${place} holds no array for the input "${input.name}".`, remedy);
    return matchInput(input, array, batch);
  });
}

function matchInput(input: TensorInfo, array: SampleArray, batch: SampleBatch): MatchedInput {
  const carriesBatch = batch.inputs.has(input.name);
  if (layoutOf(input.type) === null) {
    throw invalidData(
      `The input "${input.name}" is of type ${input.type}, for which no data can be read.`,
      'Export the model with inputs of numbers.',
    );
  }
  const declared = carriesBatch ? input.dims?.slice(1) : input.dims;
  const rank = declared?.length ?? Math.max(0, array.dims.length - 1);
  const leading = array.dims.length - rank;
  const dims = array.dims.slice(Math.max(0, leading));
  const fits = declared?.every((dim, axis) => typeof dim === 'string' || dim === dims[axis]) ?? true;
  // Feeds that were stacked have the batch as a second axis; in row-major order that is the same as one long axis.
  if (!fits || leading < 0 || leading > (carriesBatch ? 2 : 1) || (carriesBatch && leading === 0)) {
    throw misshapen(input, array, declared ?? []);
  }
  const samples = array.dims.slice(0, leading).reduce((product, dim) => product * dim, 1);
  return { input, array, dims, carriesBatch, samples: leading === 0 ? null : samples };
}

function misshapen({ name }: TensorInfo, array: SampleArray, declared: readonly (number | string)[]): Error {
  const expected = ['samples', ...declared].join(', ');
  return invalidData(
    `${array.origin} has the shape [${array.dims.join(', ')}], and "${name}" takes [${expected}].`,
    'Stack the samples along the first axis, each in the shape that the model takes.',
  );
}

/** Samples that all inputs have. Throws INPUTS_INVALID where they differ or there is none. */
export function countSamples(place: string, matched: readonly MatchedInput[], labels: SampleArray | null): number {
  const counted = matched.flatMap(({ array, samples }) => (samples === null ? [] : [{ array, samples }]));
  const [first] = counted;
  const samples = first?.samples ?? 1;
  if (samples === 0)
    throw invalidData(`${place} holds no sample.`, 'Give at least one; 100 to 1000 are good for calibration.');
  const other = counted.find((one) => one.samples !== samples);
  if (other !== undefined) {
    throw invalidData(
      `${other.array.origin} holds ${other.samples} samples, and ${first?.array.origin} ${samples}.`,
      'Give each input as many samples as the others.',
    );
  }
  if (labels !== null) checkLabelsShape(labels, samples);
  return samples;
}

function checkLabelsShape({ origin, dims }: SampleArray, samples: number): void {
  const [count = 0, ...rest] = dims;
  if (dims.length === 0 || rest.some((dim) => dim !== 1)) {
    throw invalidData(
      `${origin} has the shape [${dims.join(', ')}], and labels are one number for each sample.`,
      'Give the index of the class: labels.argmax(axis=1) for a column for each class.',
    );
  }
  if (count === samples) return;
  throw invalidData(`${origin} holds ${count} labels for ${samples} samples.`, 'Give one label for each sample.');
}

/**
 * Sizes that the arrays give to symbolic dimensions; unnamed ones go by "input:axis". Throws INPUTS_INVALID where two
 * arrays, or an array and `given`, disagree.
 */
export function impliedDims(
  matched: readonly MatchedInput[],
  given: Readonly<Record<string, number>>,
): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { input, array, dims, carriesBatch } of matched) {
    const declared = carriesBatch ? input.dims?.slice(1) : input.dims;
    declared?.forEach((dim, axis) => {
      const size = dims[axis];
      // Sums such as "past + 1" follow from their parts.
      if (typeof dim === 'number' || size === undefined || dim.includes('+')) return;
      const symbol = dim === '?' ? `${input.name}:${axis + (carriesBatch ? 1 : 0)}` : dim;
      const earlier = found[symbol] ?? given[symbol];
      if (earlier !== undefined && earlier !== size) {
        throw invalidData(
          `${array.origin} has ${size} for the dimension "${symbol}", which is ${earlier} otherwise.`,
          found[symbol] === undefined
            ? `Leave out --dim ${symbol}=${earlier}, or give data of that size.`
            : 'Give arrays that agree.',
        );
      }
      found[symbol] = size;
    });
  }
  return found;
}
