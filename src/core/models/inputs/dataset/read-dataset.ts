import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { InferometerError } from '../../../../shared/errors.ts';
import type { ModelTensors } from '../../../onnx/dims.ts';
import { partLength, samplePosition } from './choose-samples.ts';
import type { Dataset, DatasetFormat, DatasetOptions, SampleArrays } from './dataset.ts';
import { findSampleBatch, type SampleBatch } from './find-batch.ts';
import { invalidData } from './invalid.ts';
import { countSamples, impliedDims, matchArrays, type MatchedInput } from './match-arrays.ts';
import { datasetFormats } from './registry.ts';
import { feedTensors, readLabels, writePool, type PoolPlan } from './write-pool.ts';

const maxPoolBytes = 512 * 2 ** 20;
/** What a protocol buffer may hold is more than any model takes; a damaged header may ask for anything. */
const largestFeed = 2 ** 31;

/**
 * Reads samples of a user, in one of the registered formats, into a pool for engines, and their classes where they have
 * them. Arrays are matched by the names of inputs, and values converted to their types where that keeps them. Memory
 * stays bounded whatever the size of the files. Throws INPUTS_INVALID, DIMENSION_MISMATCH, STORAGE_FULL and
 * STORAGE_UNUSABLE.
 */
export async function readDataset(place: string, options: DatasetOptions): Promise<Dataset> {
  const format = await findFormat(place);
  const batch = findSampleBatch(options.model, options.batch);
  try {
    await using arrays = await format.open(place, {
      inputs: options.model.inputs,
      batched: batch.inputs,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    return await writeDataset(path.basename(path.resolve(place)), arrays, batch, options);
  } catch (error) {
    throw withoutSystemErrors(error, place);
  }
}

/** Writes opened arrays as a pool; `name` is what people call them. */
export async function writeDataset(
  name: string,
  { arrays, labels, remarks }: SampleArrays,
  batch: SampleBatch,
  options: DatasetOptions,
): Promise<Dataset> {
  const { model, target, signal } = options;
  const matched = matchArrays(name, arrays, model.inputs, batch);
  const availableSamples = countSamples(name, matched, labels);
  const dims = impliedDims(matched, options.dims);
  const plan = planPool(name, matched, availableSamples, batch.size, options);
  const classes = labels === null ? null : await readLabels(labels, plan, countClasses(model));
  const sha256 = await writePool(matched, { ...plan, target, ...(signal ? { signal } : {}) });
  const taken = plan.feeds * batch.size;
  return {
    pool: {
      path: target,
      sha256,
      feeds: plan.feeds,
      tensors: feedTensors(matched, batch.size),
      distinctSamples: taken,
      source: 'files',
      seed: null,
      remarks: [...remarks, ...plan.remarks],
    },
    batch: batch.size,
    labels: classes,
    dims: batch.dimension.kind === 'symbol' ? { ...dims, [batch.dimension.name]: batch.size } : dims,
    availableSamples,
    description: `${name}, ${taken === availableSamples ? `${taken}` : `${taken} of ${availableSamples}`} samples`,
  };
}

async function findFormat(place: string): Promise<DatasetFormat> {
  const known = `Give one of: ${datasetFormats.map(({ description }) => description).join('; ')}.`;
  const found = await stat(place).catch((cause: unknown) => {
    throw invalidData(`There is no file or folder ${place} that can be read.`, known, cause);
  });
  const entries = found.isDirectory() ? await readdir(place).catch(() => []) : null;
  const format = datasetFormats.find((one) => one.matches(place, entries));
  if (format !== undefined && (entries !== null || found.isFile())) return format;
  throw invalidData(
    entries === null ? `${place} is no data set of a known format.` : `The folder ${place} holds no data set.`,
    known,
  );
}

function planPool(
  name: string,
  matched: readonly MatchedInput[],
  available: number,
  batch: number,
  { part = 'all', maxSamples, maxPoolBytes: most = maxPoolBytes, target, signal }: DatasetOptions,
): PoolPlan & { remarks: string[] } {
  const single = matched.find(({ samples, carriesBatch }) => samples !== null && !carriesBatch);
  if (single !== undefined && batch > 1) {
    throw invalidData(
      `${single.array.origin} has a value for each sample, and "${single.input.name}" takes one for a whole batch of ${batch}.`,
      'Use a batch of 1, or give one value for all samples.',
    );
  }
  const inPart = partLength(available, part);
  if (inPart < batch) {
    const held = `${available} ${available === 1 ? 'sample' : 'samples'}`;
    throw invalidData(
      part === 'all' || available < batch
        ? `${name} holds ${held}, and a feed of this model takes ${batch}.`
        : `${name} holds ${held}, too few to keep some apart for evaluation.`,
      'Give more samples.',
    );
  }
  const feedBytes = feedTensors(matched, batch).reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (feedBytes === 0 || feedBytes > largestFeed) {
    throw invalidData(
      feedBytes === 0
        ? `The samples of ${name} have no element.`
        : `One feed of ${name} would take ${Math.round(feedBytes / 2 ** 20)} MiB, more than a model can be given at once.`,
      'Check the shapes of the arrays.',
    );
  }
  const fitting = Math.max(1, Math.floor(most / Math.max(1, feedBytes)));
  const wanted = Math.max(1, Math.floor(Math.min(inPart, maxSamples ?? inPart) / batch));
  const feeds = Math.min(wanted, fitting);
  const count = feeds * batch;
  const remarks = [
    ...(fitting < wanted
      ? [
          `${count} samples of ${name} were taken, because more than ${Math.round(most / 2 ** 20)} MiB are not held in memory.`,
        ]
      : []),
    ...(fitting >= wanted && maxSamples === undefined && count < inPart
      ? [`${inPart - count} samples of ${name} were left out, because they do not fill a feed of ${batch}.`]
      : []),
  ];
  return {
    feeds,
    batch,
    position: (nth) => samplePosition(nth, count, available, part),
    target,
    remarks,
    ...(signal ? { signal } : {}),
  };
}

/** Classes that the scores of a model tell apart: the size of the last dimension of its first output with two or more. */
function countClasses({ outputs }: ModelTensors): number | null {
  const scores = outputs.find(({ dims }) => (dims?.length ?? 0) >= 2)?.dims?.at(-1);
  return typeof scores === 'number' && scores > 1 ? scores : null;
}

/** A file that goes away or may not be read is a matter of the user and no defect. */
function withoutSystemErrors(error: unknown, place: string): unknown {
  if (error instanceof InferometerError || !(error instanceof Error) || !('syscall' in error)) return error;
  return invalidData(
    `${place} cannot be read: ${error.message}.`,
    'Check that the files are there and readable.',
    error,
  );
}
