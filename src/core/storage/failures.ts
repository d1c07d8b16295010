import { statfsSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { InferometerError } from '../../shared/errors.ts';

/** Below this much free space an I/O error of unknown cause is reported as a full disk. */
const FULL_BELOW_BYTES = 1024 * 1024;

/**
 * Runs `work` and turns what SQLite reports about the disk, the file or another process into an InferometerError
 * (STORAGE_FULL, STORAGE_UNUSABLE). Violated constraints and wrong SQL are bugs and pass through unchanged.
 */
export function withStorageFailures<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStorageFailure(file, error) ?? error;
  }
}

/** A file that cannot be used as it is: one sentence each for what is wrong and what to do. */
export function storageUnusable(file: string, message: string, remedy: string, cause?: unknown): InferometerError {
  return new InferometerError({ code: 'STORAGE_UNUSABLE', message, remedy, data: { path: file } }, { cause });
}

function toStorageFailure(file: string, error: unknown): InferometerError | undefined {
  if (!(error instanceof Sqlite.SqliteError)) return undefined;
  // Extended result codes carry the primary code as their prefix: SQLITE_IOERR_FSYNC, SQLITE_CORRUPT_INDEX.
  const primary = error.code.split('_').slice(0, 2).join('_');
  switch (primary) {
    case 'SQLITE_FULL':
      return storageFull(file, error);
    case 'SQLITE_IOERR':
      // Growing the shared-memory file on a full disk, or an exceeded quota, is reported as a plain I/O error.
      if (isAlmostFull(file)) return storageFull(file, error);
      return storageUnusable(
        file,
        `Reading or writing the database ${file} failed (${error.code}).`,
        'Check the disk and its connection; the database itself is as it was after the last finished measurement.',
        error,
      );
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return damaged(file, error.code, error);
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
    case 'SQLITE_AUTH':
      return storageUnusable(
        file,
        `The database ${file} cannot be opened for writing (${error.code}).`,
        'Give this user write permission to the file and its folder, or choose another data directory with --data-dir.',
        error,
      );
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
    case 'SQLITE_PROTOCOL':
      return storageUnusable(
        file,
        `The database ${file} is locked by another process.`,
        'Close other programs that use this database, then try again.',
        error,
      );
    default:
      return undefined;
  }
}

/** The one error for a file that is not, or no longer, a sound database. Nothing is written to such a file. */
export function damaged(file: string, finding: string, cause?: unknown): InferometerError {
  return storageUnusable(
    file,
    `The database ${file} is damaged or is not a database (${finding}).`,
    'Move the file aside and restore a backup (*.backup beside it), or start with an empty data directory.',
    cause,
  );
}

function storageFull(file: string, cause: unknown): InferometerError {
  return new InferometerError(
    {
      code: 'STORAGE_FULL',
      message: `The disk that holds ${file} is full.`,
      remedy: 'Free space on that disk, or move the data with --data-dir; what was stored before is intact.',
      data: { path: file },
    },
    { cause },
  );
}

function isAlmostFull(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path.dirname(file));
    return bavail * bsize < FULL_BELOW_BYTES;
  } catch {
    return false;
  }
}
