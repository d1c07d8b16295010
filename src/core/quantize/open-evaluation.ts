import { createHash, randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { InferometerError } from '../../shared/errors.ts';
import type { Dataset, DatasetOptions } from '../models/inputs/dataset/dataset.ts';
import { readDataset } from '../models/inputs/dataset/read-dataset.ts';
import { readReferenceSamples } from '../models/inputs/dataset/reference-samples.ts';
import { generateInputs, type InputPool } from '../models/inputs/generate-inputs.ts';
import { findInputHints } from '../models/inputs/input-hints.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';
import { modelInputs } from '../onnx/inspect.ts';
import { readModel } from '../onnx/read.ts';
import { concreteShapes, type CheckPorts } from './check-result.ts';

export interface EvaluationOptions extends CheckPorts {
  /** File or folder of the user; null: see `openEvaluation`. */
  place: string | null;
  /** What was given for calibration. */
  calibration: { place: string | null; pool: InputPool | null };
  maxSamples?: number;
}

/** Samples that variants are judged by. Disposing removes their file. */
export interface OpenEvaluation extends AsyncDisposable {
  data: Dataset;
  /** Why nothing may be read from them; null where they are real. */
  voidReason: string | null;
}

/** Every variant that is tried runs all of them. */
const mostSamples = 256;
const generatedSamples = 32;
/** Others than those for calibration and for measuring. */
const seed = 2;

/**
 * Opens data that variants are judged by: that of the user, else the part of the calibration data that is kept apart,
 * else the samples that a reference model was not trained with, else generated inputs. None of it may be what was
 * calibrated with. Throws INPUTS_INVALID where more than half is, and what readDataset throws.
 */
export async function openEvaluation(model: ResolvedModel, options: EvaluationOptions): Promise<OpenEvaluation> {
  const { temporaryFolder, calibration } = options;
  const target = path.join(temporaryFolder, `evaluation-${process.pid}-${randomBytes(4).toString('hex')}.bin`);
  const remove = (): Promise<void> => rm(target, { force: true });
  try {
    const real = await readReal(model, target, options);
    const data = real ?? (await generate(model, target, options));
    if (real !== null && calibration.pool !== null) await refuseShared(data, calibration.pool);
    const voidReason =
      real === null ? 'its inputs were generated, which says nothing about the task of the model' : null;
    return { data, voidReason, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * True where calibration and evaluation come from one place, named twice or once: a part is then kept apart. Nothing is
 * where no data for calibration was given.
 */
export function sharesData(calibration: string | null, evaluation: string | null): boolean {
  return calibration !== null && path.resolve(evaluation ?? calibration) === path.resolve(calibration);
}

async function readReal(
  model: ResolvedModel,
  target: string,
  { place, calibration, dims, maxSamples = mostSamples, signal }: EvaluationOptions,
): Promise<Dataset | null> {
  const abort = signal ? { signal } : {};
  const options: DatasetOptions = { model: model.summary, batch: null, dims, target, maxSamples, ...abort };
  const from = place ?? calibration.place;
  if (from === null) {
    return model.reference === null ? null : readReferenceSamples(model.reference, 'held-out', options);
  }
  const part = sharesData(calibration.place, place) ? 'evaluation' : 'all';
  return readDataset(from, { ...options, part });
}

async function generate(model: ResolvedModel, target: string, { dims, signal }: EvaluationOptions): Promise<Dataset> {
  const abort = signal ? { signal } : {};
  const source = await readModel(model.path, abort);
  const { shapes, batch } = concreteShapes(source, dims);
  const inputs = modelInputs(source).map(({ name, type }) => ({ name, type, dims: shapes[name] ?? [] }));
  const hints = findInputHints(source);
  const pool = await generateInputs({ inputs, batch, seed, hints, distinct: generatedSamples, target, ...abort });
  const description = `${pool.distinctSamples} generated inputs`;
  return { pool, batch, labels: null, dims: {}, availableSamples: pool.distinctSamples, description };
}

/** Compares whole feeds, which are single samples unless the model fixes a batch. */
async function refuseShared(data: Dataset, calibration: InputPool): Promise<void> {
  const known = new Set(await hashFeeds(calibration));
  const shared = (await hashFeeds(data.pool)).filter((hash) => known.has(hash)).length;
  if (shared === 0) return;
  const words = `${shared} of the ${data.pool.feeds} inputs for evaluation were calibrated with`;
  if (shared <= data.pool.feeds / 2) {
    data.pool.remarks.push(`${words}, so the loss may be a little larger than it seems.`);
    return;
  }
  throw new InferometerError({
    code: 'INPUTS_INVALID',
    message: `${words}, so they cannot judge the result.`,
    remedy: 'Give other data by --evaluate, or leave it out: a part of the calibration data is kept apart then.',
    data: { shared },
  });
}

async function hashFeeds(pool: InputPool): Promise<string[]> {
  const feedBytes = pool.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  await using file = await open(pool.path);
  const bytes = new Uint8Array(feedBytes);
  const hashes: string[] = [];
  for (let feed = 0; feed < pool.feeds; feed++) {
    await file.read(bytes, 0, feedBytes, feed * feedBytes);
    hashes.push(createHash('sha256').update(bytes).digest('base64'));
  }
  return hashes;
}
