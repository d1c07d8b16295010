import { rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { DataDirectory } from '../../storage/data-directory.ts';
import { storageUnusable } from '../../storage/failures.ts';
import type { Storage } from '../../storage/open.ts';
import { isOwnFile, isVariantFile } from './copies.ts';

/** What became of a removed model's file: the user's own stays; a copy or variant goes, unless something still needs it. */
export type FileAfterRemoval = 'own' | 'copy-deleted' | 'copy-kept';

/**
 * Forgets a model and deletes its file where that is the application's own, a copy or a variant, unless another model
 * has the same file or a run that did not come to its end was begun with it. Results stay. Throws NOT_FOUND; STORAGE_UNUSABLE for a copy that cannot be
 * deleted, and the model stays listed.
 */
export function removeModel(
  { storage, directory }: { storage: Storage; directory: DataDirectory },
  name: string,
): FileAfterRemoval {
  const model = storage.models.get(name);
  const isShared = storage.models.list().some((other) => other.name !== name && other.path === model.path);
  const fate = !isOwnFile(model.path, directory)
    ? 'own'
    : isShared || storage.runs.needModel(model.sha256)
      ? 'copy-kept'
      : 'copy-deleted';
  // The file first: what fails can be tried again as long as the model is listed.
  if (fate === 'copy-deleted') deleteOwn(model.path, isVariantFile(model.path, directory));
  storage.models.remove(name);
  return fate;
}

function deleteOwn(file: string, isVariant: boolean): void {
  try {
    // A variant has its folder to itself, with its weights and what was reported of it.
    if (isVariant) rmSync(path.dirname(file), { recursive: true, force: true });
    else rmSync(file, { force: true });
  } catch (cause) {
    throw storageUnusable(
      file,
      `The copy ${file} cannot be deleted.`,
      'Close programs that use it and let this user write to its folder, then remove the model again.',
      cause,
    );
  }
  try {
    rmdirSync(path.dirname(file));
  } catch {
    // Another file of the same content lies there, or the folder is gone already.
  }
}
