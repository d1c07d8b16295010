import { createHash, randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Sha256 } from '../../../shared/domain/ids.ts';
import { sha256Schema } from '../../../shared/domain/ids.ts';
import { InferometerError } from '../../../shared/errors.ts';
import { writeModel } from '../../onnx/write.ts';
import { resourcePath } from '../../resources.ts';
import { isRunning } from '../../running-process.ts';
import type { EvaluateGraph, ReferenceModel } from './define-reference-model.ts';
import type { BuildProgress } from './materialise.ts';
import { buildModel, measureStatistics } from './materialise.ts';

export interface BuildOptions {
  evaluateGraph: EvaluateGraph;
  /** Of the weights and the calibration inputs; 0 unless given. */
  seed?: number;
  /** Called with the share of the work that is done, from 0 to 1, a few dozen times. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

export interface BuiltReferenceModel {
  /** Absolute or relative as the directory was. */
  path: string;
  sha256: Sha256;
  sizeBytes: number;
}

const recordSchema = z.object({ sha256: sha256Schema, sizeBytes: z.number().int().positive() });
const RECORD_FILE = 'build.json';
const UNFINISHED = '.unfinished';

/** Names what the bytes of a built model depend on; the folder that keeps it has this name. */
export function referenceModelKey(model: ReferenceModel, seed: number): string {
  const revision = `${model.id}-r${model.weights.recipe}`;
  return model.weights.kind === 'seeded' ? `${revision}-s${seed}` : revision;
}

/**
 * The file of a reference model below `directory`: the one built earlier, or built now and kept. It appears complete
 * or not at all; of two builders at once, the first to finish wins and both get its file. Throws CANCELLED,
 * STORAGE_FULL and STORAGE_UNUSABLE.
 */
export async function buildReferenceModel(
  model: ReferenceModel,
  directory: string,
  options: BuildOptions,
): Promise<BuiltReferenceModel> {
  const { seed = 0, onProgress = () => undefined } = options;
  const home = path.join(directory, referenceModelKey(model, seed));
  const kept = await findBuilt(home, model.id);
  if (kept) {
    onProgress(1);
    return kept;
  }
  throwIfCancelled(model, options.signal);
  const workplace = `${home}.${process.pid}.${randomBytes(4).toString('hex')}${UNFINISHED}`;
  try {
    await mkdir(workplace, { recursive: true });
    try {
      await removeAbandoned(directory, path.basename(home));
      const file = path.join(workplace, `${model.id}.onnx`);
      const record = await produce(model, file, { ...options, seed, onProgress });
      await writeFile(path.join(workplace, RECORD_FILE), `${JSON.stringify(record)}\n`);
      await publish(workplace, home, model.id);
    } finally {
      await removeWorkplace(workplace);
    }
  } catch (cause) {
    throw toBuildFailure(model, cause, options.signal);
  }
  const built = await findBuilt(home, model.id);
  if (!built) throw new Error(`The reference model ${model.id} was published but cannot be read back.`);
  onProgress(1);
  return built;
}

async function produce(
  model: ReferenceModel,
  file: string,
  options: BuildOptions & { seed: number; onProgress: (share: number) => void },
): Promise<z.infer<typeof recordSchema>> {
  if (model.weights.kind === 'trained') {
    await copyFile(resourcePath(...model.weights.resource), file);
    const bytes = await readFile(file);
    return recordSchema.parse({
      sha256: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.byteLength,
    });
  }
  const { seed, onProgress, signal, evaluateGraph } = options;
  const calibration = path.join(path.dirname(file), 'calibration');
  await mkdir(calibration);
  const calibrationFile = path.join(calibration, `${model.id}.onnx`);
  const progress = (from: number, to: number): BuildProgress => ({
    onShare: (share) => onProgress(from + (to - from) * share),
    ...(signal ? { signal } : {}),
  });
  const evaluate: EvaluateGraph = (...request) => untilAborted(evaluateGraph(...request), signal);
  const statistics = await measureStatistics(model, model.weights, calibrationFile, seed, evaluate, progress(0, 0.6));
  await rm(calibration, { recursive: true });
  const built = buildModel(model, model.weights, seed, statistics, progress(0.6, 0.99));
  const { sha256, sizeBytes } = await writeModel(built.model, file, {
    tensorData: built.tensorData,
    ...(signal ? { signal } : {}),
  });
  return { sha256, sizeBytes };
}

/** An evaluation cannot be interrupted from here; leave it to the owner of the other process and stop waiting. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A finished build, checked by size: hashing half a gigabyte on every use would cost more than it protects from. */
async function findBuilt(home: string, id: string): Promise<BuiltReferenceModel | null> {
  const file = path.join(home, `${id}.onnx`);
  try {
    const record = recordSchema.safeParse(JSON.parse(await readFile(path.join(home, RECORD_FILE), 'utf8')));
    const { size } = await stat(file);
    return record.success && record.data.sizeBytes === size ? { path: file, ...record.data } : null;
  } catch (error) {
    if (error instanceof SyntaxError || isSystemError(error, ['ENOENT', 'ENOTDIR'])) return null;
    throw error;
  }
}

/** Renaming a folder is atomic, and fails when the target has content: then another builder, or damage, is there. */
async function publish(workplace: string, home: string, id: string): Promise<void> {
  for (;;) {
    try {
      await rename(workplace, home);
      return;
    } catch (error) {
      if (!isSystemError(error, ['ENOTEMPTY', 'EEXIST', 'EPERM'])) throw error;
      if (await findBuilt(home, id)) return;
      await stat(home);
      await rm(home, { recursive: true, force: true });
    }
  }
}

/** A runtime that still maps the files keeps them on Windows; a later builder removes them then. */
async function removeWorkplace(workplace: string): Promise<void> {
  try {
    await rm(workplace, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if (!isSystemError(error, ['EBUSY', 'EPERM', 'ENOTEMPTY'])) throw error;
  }
}

/** Removes what killed builders of the same model left behind. */
async function removeAbandoned(directory: string, key: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(`${key}.`) || !name.endsWith(UNFINISHED)) continue;
    const owner = Number(name.slice(key.length + 1).split('.')[0]);
    if (Number.isInteger(owner) && isRunning(owner)) continue;
    await rm(path.join(directory, name), { recursive: true, force: true });
  }
}

function throwIfCancelled(model: ReferenceModel, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw toBuildFailure(model, signal.reason, signal);
}

function toBuildFailure(model: ReferenceModel, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) {
    return new InferometerError(
      {
        code: 'CANCELLED',
        message: `Building the reference model ${model.id} was cancelled.`,
        remedy: 'Start it again; nothing half-built was kept.',
      },
      { cause },
    );
  }
  if (isSystemError(cause, ['ENOSPC', 'EDQUOT'])) {
    return new InferometerError(
      {
        code: 'STORAGE_FULL',
        message: `The disk is full while building the reference model ${model.id}.`,
        remedy: 'Free about twice the size of the model, or choose another data directory.',
      },
      { cause },
    );
  }
  if (isSystemError(cause, ['EACCES', 'EROFS', 'ENOTDIR'])) {
    return new InferometerError(
      {
        code: 'STORAGE_UNUSABLE',
        message: `The reference model ${model.id} cannot be written to the data directory.`,
        remedy: 'Choose a data directory that this user may write to.',
      },
      { cause },
    );
  }
  return cause;
}

function isSystemError(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
