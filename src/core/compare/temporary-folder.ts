import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { removeAbandoned } from '../abandoned-files.ts';
import { withFileFailures } from '../onnx/output-file.ts';

/** A folder that is deleted with its scope. */
export interface TemporaryFolder extends AsyncDisposable {
  path: string;
}

/**
 * Makes a folder for one piece of work and removes what killed processes left, which can be gigabytes. Throws STORAGE_FULL and STORAGE_UNUSABLE.
 */
export async function createTemporaryFolder(parent: string, kind: 'outputs' | 'profile'): Promise<TemporaryFolder> {
  await withFileFailures(parent, removeAbandoned(parent));
  const folder = await withFileFailures(parent, mkdtemp(path.join(parent, `${kind}-${process.pid}-`)));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
