import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Dataset, DatasetOptions } from '../models/inputs/dataset/dataset.ts';
import { readDataset } from '../models/inputs/dataset/read-dataset.ts';
import { readReferenceSamples } from '../models/inputs/dataset/reference-samples.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';

/** More change the ranges of activations little, and each is run once with every tensor as an output. */
const mostSamples = 256;

export interface CalibrationOptions {
  /** Sizes of symbolic dimensions that the data must agree with. */
  dims: Readonly<Record<string, number>>;
  temporaryFolder: string;
  /** 256 unless said otherwise. */
  maxSamples?: number;
  /** True: of the user's samples every fourth is left for `openEvaluation`. */
  keepsSomeApart?: boolean;
  signal?: AbortSignal;
}

/** What ranges of activations are learned from; null: nothing but generated inputs. Disposing removes its file. */
export interface OpenCalibration extends AsyncDisposable {
  data: Dataset | null;
}

/**
 * Opens calibration data: that at `place`, a file or folder of the user, else the samples that a reference model was
 * trained with, where it has any. Throws what readDataset throws.
 */
export async function openCalibration(
  place: string | null,
  model: ResolvedModel,
  { dims, temporaryFolder, maxSamples = mostSamples, keepsSomeApart = false, signal }: CalibrationOptions,
): Promise<OpenCalibration> {
  const target = path.join(temporaryFolder, `calibration-${process.pid}-${randomBytes(4).toString('hex')}.bin`);
  const options: Omit<DatasetOptions, 'part'> = {
    model: model.summary,
    batch: null,
    dims,
    target,
    maxSamples,
    ...(signal ? { signal } : {}),
  };
  const remove = (): Promise<void> => rm(target, { force: true });
  try {
    const data =
      place !== null
        ? await readDataset(place, { ...options, part: keepsSomeApart ? 'calibration' : 'all' })
        : model.reference === null
          ? null
          : await readReferenceSamples(model.reference, 'training', options);
    return { data, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
