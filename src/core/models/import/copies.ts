import path from 'node:path';
import type { DataDirectory } from '../../storage/data-directory.ts';

/** Folder of the copies that were made of files handed to the application. */
export function copiesFolder({ root }: Pick<DataDirectory, 'root'>): string {
  return path.join(root, 'imports');
}

/** Folder of the variants that the application made, each in a folder of its own. */
export function variantsFolder({ root }: Pick<DataDirectory, 'root'>): string {
  return path.join(root, 'variants');
}

/** Whether a model's file, an absolute path, is the application's own: such a copy or such a variant. */
export function isOwnFile(file: string, directory: Pick<DataDirectory, 'root'>): boolean {
  return file.startsWith(copiesFolder(directory) + path.sep) || isVariantFile(file, directory);
}

/** Whether a model's file is a variant that the application made. */
export function isVariantFile(file: string, directory: Pick<DataDirectory, 'root'>): boolean {
  return file.startsWith(variantsFolder(directory) + path.sep);
}
