import { mkdirSync } from 'node:fs';
import path from 'node:path';
import envPaths from 'env-paths';
import { InferometerError } from '../../shared/errors.ts';

/** Absolute paths of everything the application keeps. */
export interface DataDirectory {
  root: string;
  database: string;
  models: string;
  exports: string;
  temporary: string;
}

/** Where a data directory may be named, strongest first. */
export interface DataDirectorySources {
  /** Value of `--data-dir`. */
  flag?: string | undefined;
  env: { readonly INFEROMETER_DATA_DIR?: string | undefined };
}

/** Read, write and enter for the owner only: models and results may be confidential. No effect on Windows. */
const OWNER_ONLY = 0o700;

/**
 * Chooses the data directory (`--data-dir`, then INFEROMETER_DATA_DIR, then the place that the system's conventions
 * give) and creates it with its subfolders. Permissions of folders that already exist are left as they are.
 * Throws STORAGE_UNUSABLE where it cannot be created.
 */
export function resolveDataDirectory({ flag, env }: DataDirectorySources): DataDirectory {
  const root = path.resolve(nonEmpty(flag) ?? nonEmpty(env.INFEROMETER_DATA_DIR) ?? defaultRoot());
  const directory: DataDirectory = {
    root,
    database: path.join(root, 'inferometer.sqlite'),
    models: path.join(root, 'models'),
    exports: path.join(root, 'exports'),
    temporary: path.join(root, 'tmp'),
  };
  for (const folder of [root, directory.models, directory.exports, directory.temporary]) createFolder(folder);
  return directory;
}

/** The data directory of whoever names none. */
export function defaultRoot(): string {
  return envPaths('inferometer', { suffix: '' }).data;
}

/** An empty variable or flag means "not given", as in most shells' conventions, and never the current directory. */
function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: OWNER_ONLY });
  } catch (cause) {
    throw new InferometerError(
      {
        code: 'STORAGE_UNUSABLE',
        message: `The data directory ${folder} cannot be created (${errorCode(cause)}).`,
        remedy: 'Name a directory that this user may write to with --data-dir or INFEROMETER_DATA_DIR.',
        data: { path: folder },
      },
      { cause },
    );
  }
}

function errorCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}
