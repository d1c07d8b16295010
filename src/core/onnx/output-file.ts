import type { Hash } from 'node:crypto';
import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { InferometerError } from '../../shared/errors.ts';

/** A file that appears under its name only when it is complete. Dispose without `commit` to remove what was written. */
export interface OutputFile extends AsyncDisposable {
  readonly size: number;
  write(chunk: Uint8Array): Promise<void>;
  /** Hashes and writes what is still buffered, and flushes it to the device. Nothing can be written after it. */
  finish(): Promise<void>;
  /** Renames a finished file over `target`. */
  commit(): Promise<void>;
}

const BUFFER_BYTES = 1 << 20;

/** Opens a temporary file beside `target`; every byte written also goes into `hash`. */
export async function createOutputFile(target: string, hash: Hash): Promise<OutputFile> {
  const temporary = path.join(
    path.dirname(target),
    `.${path.basename(target)}.${randomBytes(6).toString('hex')}.partial`,
  );
  const handle = await withFileFailures(target, open(temporary, 'wx'));
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let buffered = 0;
  let size = 0;
  let state: 'open' | 'finished' | 'committed' = 'open';

  async function put(chunk: Uint8Array): Promise<void> {
    hash.update(chunk);
    await writeAll(handle, chunk);
  }
  async function flush(): Promise<void> {
    if (buffered === 0) return;
    await put(buffer.subarray(0, buffered));
    buffered = 0;
  }

  return {
    get size() {
      return size;
    },
    async write(chunk) {
      size += chunk.byteLength;
      await withFileFailures(
        target,
        (async () => {
          if (buffered + chunk.byteLength > BUFFER_BYTES) await flush();
          if (chunk.byteLength >= BUFFER_BYTES) return put(chunk);
          buffer.set(chunk, buffered);
          buffered += chunk.byteLength;
        })(),
      );
    },
    async finish() {
      await withFileFailures(
        target,
        (async () => {
          await flush();
          await handle.sync();
          await handle.close();
          state = 'finished';
        })(),
      );
    },
    async commit() {
      await withFileFailures(target, rename(temporary, target));
      state = 'committed';
    },
    async [Symbol.asyncDispose]() {
      if (state === 'open') await handle.close();
      if (state !== 'committed') await rm(temporary, { force: true });
    },
  };
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let done = 0;
  while (done < chunk.byteLength) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.byteLength - done);
    done += bytesWritten;
  }
}

/** Turns a full disk and a place that cannot be written to into STORAGE_FULL and STORAGE_UNUSABLE. */
export async function withFileFailures<T>(target: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new InferometerError(
        {
          code: 'STORAGE_FULL',
          message: `The disk is full while writing ${target}.`,
          remedy: 'Free space on that disk, or choose another folder.',
        },
        { cause },
      );
    }
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOENT' || code === 'ENOTDIR') {
      throw new InferometerError(
        {
          code: 'STORAGE_UNUSABLE',
          message: `The file ${target} cannot be written (${code}).`,
          remedy: 'Choose a folder that exists and that this user may write to.',
        },
        { cause },
      );
    }
    throw cause;
  }
}
