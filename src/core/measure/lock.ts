import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { InferometerError } from '../../shared/errors.ts';
import { isProcessAlive, thisProcess } from './process-identity.ts';

const ownerSchema = z.object({ pid: z.number().int().positive(), startTime: z.string(), since: z.string() });
export type LockOwner = z.infer<typeof ownerSchema>;

const lockName = 'inferometer-measuring.lock';

/**
 * One file for the whole machine: measurements disturb each other whatever data directory they use and whoever starts
 * them. So its place depends neither on TMPDIR nor on the user, and only on what is the same for everybody. Tests name
 * another in INFEROMETER_LOCK.
 */
export function machineLockPath(): string {
  const { INFEROMETER_LOCK: own, ProgramData: programData } = process.env;
  if (own !== undefined && own !== '') return own;
  if (process.platform === 'win32') return path.join(programData ?? 'C:\\ProgramData', 'Inferometer', lockName);
  const shared = process.platform === 'darwin' ? ['/Users/Shared'] : ['/run/lock', '/var/lock'];
  return path.join(shared.find(isWritableByAll) ?? '/tmp', lockName);
}

function isWritableByAll(folder: string): boolean {
  const stats = statSync(folder, { throwIfNoEntry: false });
  return stats !== undefined && stats.isDirectory() && (stats.mode & 0o002) !== 0;
}

const retryMs = 500;

/** The measurement that holds the lock now, or null. A lock of a process that is gone counts as none. */
export function readLock(lockPath: string = machineLockPath()): LockOwner | null {
  try {
    const owner = ownerSchema.parse(JSON.parse(readFileSync(lockPath, 'utf8')));
    return isProcessAlive(owner.pid, owner.startTime) ? owner : null;
  } catch {
    return null;
  }
}

/**
 * Takes the machine for one measurement. With `wait` it waits until the other is done, otherwise it refuses with
 * MACHINE_BUSY and the owner's pid. A stale lock is removed.
 */
export async function acquireLock(options: {
  wait: boolean;
  signal?: AbortSignal;
  onWaiting?: (owner: LockOwner) => void;
  lockPath?: string;
}): Promise<Disposable> {
  const lockPath = options.lockPath ?? machineLockPath();
  for (let announced = false; ; announced = true) {
    const lock = tryLock(lockPath);
    if (lock !== null) return lock;
    const owner = readLock(lockPath);
    if (owner === null) {
      removeStale(lockPath);
      continue;
    }
    if (!options.wait) throw machineBusy(owner);
    if (!announced) options.onWaiting?.(owner);
    await sleep(retryMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

/**
 * Creates the lock complete or not at all: it is written under a name of its own and linked, which fails when the name
 * exists. Writing it in place would let another process read a half-written owner and take it for stale.
 */
function tryLock(lockPath: string): Disposable | null {
  const owner: LockOwner = { ...thisProcess(), since: new Date().toISOString() };
  const draft = writeDraft(lockPath, JSON.stringify(owner));
  try {
    linkSync(draft, lockPath);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    [Symbol.dispose]() {
      const held = readLock(lockPath);
      if (held?.pid === process.pid) rmSync(lockPath, { force: true });
    },
  };
}

/**
 * Writes the lock under a name that nobody can foresee and only where nothing is: in a folder that everybody writes to,
 * a link that waits under a known name would be followed. Others must read the owner, whatever this process's umask.
 */
function writeDraft(lockPath: string, text: string): string {
  const draft = `${lockPath}.${randomBytes(8).toString('hex')}`;
  if (process.platform === 'win32') mkdirSync(path.dirname(lockPath), { recursive: true });
  try {
    const file = openSync(draft, 'wx', 0o644);
    try {
      fchmodSync(file, 0o644);
      writeFileSync(file, text);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new InferometerError(
      {
        code: 'STORAGE_UNUSABLE',
        message: `The lock of this machine cannot be written in ${path.dirname(lockPath)} (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
        remedy: 'Make that folder writable, and free some space on its disk.',
      },
      { cause: error },
    );
  }
  return draft;
}

/**
 * Takes a stale lock away under another name first: between the look and the removal another process may have put its
 * own lock there, which then goes back.
 */
function removeStale(lockPath: string): void {
  const aside = `${lockPath}.${randomBytes(8).toString('hex')}.stale`;
  try {
    renameSync(lockPath, aside);
    if (readLock(aside) !== null) linkSync(aside, lockPath);
    unlinkSync(aside);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EEXIST') return;
    throw new InferometerError(
      {
        code: 'MACHINE_BUSY',
        message: `The lock ${lockPath} was left by another user's measurement and cannot be removed.`,
        remedy: 'Let that user, or an administrator, delete the file.',
      },
      { cause: error },
    );
  }
}

function machineBusy(owner: LockOwner): InferometerError {
  return new InferometerError({
    code: 'MACHINE_BUSY',
    message: `Another measurement is running on this machine (process ${owner.pid}, since ${owner.since}).`,
    remedy: 'Wait for it to end, or start this one with --wait.',
    data: { pid: owner.pid, since: owner.since },
  });
}
