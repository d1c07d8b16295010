import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Bytes that this user may still write on the file system of `path`, which must exist. */
export async function freeDiskBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

export type DataDirectoryCheck =
  | { status: 'usable'; path: string; created: boolean; freeBytes: number }
  | {
      status: 'unusable';
      path: string;
      cause: 'not-a-directory' | 'cannot-create' | 'not-writable' | 'too-little-space';
      reason: string;
      remedy: string;
    };

/** Room for a database, its backup and exported results; models of a user come on top. */
const DEFAULT_NEEDED_BYTES = 256 * 1024 ** 2;

/**
 * Whether results can be kept in `path`: makes the directory when it is missing, writes a file and removes it again.
 * A directory that cannot be used is an answer, not an error.
 */
export async function checkDataDirectory(
  path: string,
  neededBytes = DEFAULT_NEEDED_BYTES,
): Promise<DataDirectoryCheck> {
  const directory = resolve(path);
  const choose = 'Choose another data directory.';
  const fail = (cause: Extract<DataDirectoryCheck, { status: 'unusable' }>['cause'], reason: string, remedy: string) =>
    ({ status: 'unusable', path: directory, cause, reason, remedy }) as const;

  const existing = await stat(directory).catch(() => null);
  if (existing !== null && !existing.isDirectory()) {
    return fail(
      'not-a-directory',
      'There is a file where the data directory should be.',
      `Move the file away. ${choose}`,
    );
  }
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    return fail(
      'cannot-create',
      `The data directory cannot be created (${toCode(error)}).`,
      `Allow writing in ${dirname(directory)}, or choose another data directory.`,
    );
  }
  const probe = join(directory, `.write-test-${randomUUID()}`);
  try {
    await writeFile(probe, 'x', { flag: 'wx' });
  } catch (error) {
    return toCode(error) === 'ENOSPC'
      ? fail('too-little-space', 'The file system of the data directory is full.', `Free some space. ${choose}`)
      : fail(
          'not-writable',
          `The data directory cannot be written to (${toCode(error)}).`,
          `Allow writing in it. ${choose}`,
        );
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
  const freeBytes = await freeDiskBytes(directory);
  if (freeBytes < neededBytes) {
    const free = Math.floor(freeBytes / 1024 ** 2);
    const needed = Math.ceil(neededBytes / 1024 ** 2);
    return fail(
      'too-little-space',
      `The file system of the data directory has ${free} MiB left and ${needed} MiB are needed.`,
      `Free some space. ${choose}`,
    );
  }
  return { status: 'usable', path: directory, created: existing === null, freeBytes };
}

function toCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
