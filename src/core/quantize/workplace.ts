import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { InferometerError } from '../../shared/errors.ts';
import { withFileFailures } from '../onnx/output-file.ts';
import type { LoadedModel } from '../onnx/read.ts';
import type { WrittenModel } from '../onnx/write.ts';
import { isRunning } from '../running-process.ts';

/** Where a model is written before anybody may see it. */
export interface Workplace extends AsyncDisposable {
  /** Has the final name, because the name of an external file is written into the model. */
  file: string;
}

/**
 * A hidden folder beside the target, so that what is in it can be renamed into place. What a killed process left of the
 * same target is removed first. Throws STORAGE_FULL and STORAGE_UNUSABLE.
 */
export async function createWorkplace(target: string): Promise<Workplace> {
  const prefix = `.${path.basename(target)}.`;
  await withFileFailures(target, removeAbandoned(path.dirname(target), prefix));
  const folder = await withFileFailures(target, mkdtemp(path.join(path.dirname(target), `${prefix}${process.pid}-`)));
  return {
    file: path.join(folder, path.basename(target)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function removeAbandoned(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = name.startsWith(prefix) ? /^(\d+)-[^.]{6}$/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (owner === undefined || isRunning(Number(owner))) continue;
    await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** Throws USAGE where the target is a folder, or where writing would replace a file of the source. */
export async function protectFiles(source: LoadedModel, target: string): Promise<void> {
  const own = [source.path, ...source.externalFiles.map((file) => file.path)];
  for (const file of [target, externalPath(target)]) {
    const found = await stat(file).catch(() => null);
    if (found?.isDirectory() === true) {
      throw new InferometerError({
        code: 'USAGE',
        message: `${file} is a folder, so no model can be written there.`,
        remedy: 'Give the name of a file, such as model.int8.onnx in that folder.',
        data: { file },
      });
    }
    for (const one of own) {
      const status = await stat(one);
      const isSame = one === file || (found?.ino === status.ino && found.dev === status.dev);
      if (!isSame) continue;
      throw new InferometerError({
        code: 'USAGE',
        message: `Writing ${target} would replace a file of the source model.`,
        remedy: 'Choose another name for the quantized model.',
        data: { file: one },
      });
    }
  }
}

/**
 * Moves the files into place. A model with data beside it is two files, which no system replaces at once: the earlier
 * model is taken away first, so that it never reads the data of this one, and put back where that fails.
 */
export async function publish(file: string, target: string, { externalFile }: WrittenModel): Promise<void> {
  if (externalFile === null) return withFileFailures(target, rename(file, target));
  const moves = [
    { from: target, to: `${file}.earlier` },
    { from: externalPath(target), to: `${file}.earlier.data` },
    { from: externalPath(file), to: externalPath(target) },
    { from: file, to: target },
  ];
  const done: typeof moves = [];
  try {
    for (const move of moves) {
      const isEarlier = move.to.startsWith(`${file}.earlier`);
      if (isEarlier && !existsSync(move.from)) continue;
      await withFileFailures(target, rename(move.from, move.to));
      done.push(move);
    }
  } catch (error) {
    for (const { from, to } of done.toReversed()) await rename(to, from);
    throw error;
  }
}

function externalPath(target: string): string {
  return `${target}.data`;
}
