import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Sha256 } from '../../shared/domain/ids.ts';
import type { MachineReport } from '../../shared/domain/machine.ts';
import type { Storage } from '../storage/open.ts';
import { acquireLock } from './lock.ts';
import type { DetectedMachine } from './provenance.ts';
import type { RunOptions } from './run-ports.ts';

type LockOptions = Pick<RunOptions, 'wait' | 'signal' | 'onEvent' | 'lockPath' | 'lock'>;

/** What everything that measures begins with: the lock, room for inputs, the machine, and how much memory it gives. */

/** Share of the memory that this process may use which one engine may take. */
const memoryShare = 0.9;

/** Keeps the report of the machine and gives it with its hashes. */
export function storeMachine(
  report: MachineReport,
  fingerprint: Sha256,
  { storage }: { storage: Storage },
): DetectedMachine {
  const sha256 = storage.machines.put({ fingerprint, report, seenAt: report.detectedAt });
  return { report, sha256, fingerprint };
}

/** Takes the machine for measuring, unless the caller holds it already. Throws MACHINE_BUSY. */
export function lockMachine({ wait = false, signal, onEvent, lockPath, lock }: LockOptions): Promise<Disposable> {
  if (lock !== undefined) return Promise.resolve({ [Symbol.dispose]: () => undefined });
  return acquireLock({
    wait,
    onWaiting: (owner) => onEvent?.({ type: 'waiting', owner }),
    ...(signal ? { signal } : {}),
    ...(lockPath === undefined ? {} : { lockPath }),
  });
}

/**
 * Removes inputs that an earlier process left, and those of this run when it ends: they can be half a gigabyte. Whoever
 * holds the machine's lock is the only one to need any.
 */
export function clearInputs(folder: string): Disposable {
  const clear = (): void => {
    // Gone with everything in it: no reason to lose what was measured.
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder)) {
      if (/^inputs-\d+-\d+\.bin$/.test(name)) rmSync(path.join(folder, name), { force: true });
    }
  };
  clear();
  return { [Symbol.dispose]: clear };
}

/** Memory that an engine may take, bytes; undefined where this machine does not tell. */
export function defaultMemoryLimit({ memory }: MachineReport): number | undefined {
  const { usableBytes } = memory;
  return usableBytes.status === 'present' ? Math.floor(usableBytes.value * memoryShare) : undefined;
}
