import { mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { withFileFailures } from '../onnx/output-file.ts';
import { isRunning } from '../running-process.ts';

/** A folder that is deleted with its scope. */
export interface TemporaryFolder extends AsyncDisposable {
  path: string;
}

/**
 * Makes a folder for one piece of work and removes what killed processes left of the same kind, which can be
 * gigabytes. Throws STORAGE_FULL and STORAGE_UNUSABLE.
 */
export async function createTemporaryFolder(parent: string, kind: 'outputs' | 'profile'): Promise<TemporaryFolder> {
  await withFileFailures(parent, removeAbandoned(parent, kind));
  const folder = await withFileFailures(parent, mkdtemp(path.join(parent, `${kind}-${process.pid}-`)));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

async function removeAbandoned(parent: string, kind: string): Promise<void> {
  const pattern = new RegExp(`^${kind}-(\\d+)-[^.]{6}$`);
  for (const name of await readdir(parent)) {
    const owner = pattern.exec(name)?.[1];
    if (owner === undefined || isRunning(Number(owner))) continue;
    await rm(path.join(parent, name), { recursive: true, force: true });
  }
}
