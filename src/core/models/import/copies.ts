import path from 'node:path';
import type { DataDirectory } from '../../storage/data-directory.ts';

/** Folder of the copies that were made of files handed to the application. */
export function copiesFolder({ root }: Pick<DataDirectory, 'root'>): string {
  return path.join(root, 'imports');
}

/** Whether a model's file, an absolute path, is such a copy. */
export function isCopy(file: string, directory: Pick<DataDirectory, 'root'>): boolean {
  return file.startsWith(copiesFolder(directory) + path.sep);
}
