import { readFileSync } from 'node:fs';

const everyMs = 250;

/** Resident bytes of another process by /proc; null where the system has no /proc or the process is gone. */
function residentBytes(pid: number): number | null {
  try {
    // In kB whatever the size of a page is, which /proc/<pid>/statm is not.
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}

/**
 * Calls back once when a process holds more memory than it may. Without /proc nothing is watched; there the system's
 * own limit ends the engine, which the core survives as well.
 */
export function watchMemory(pid: number, limitBytes: number, onExceeded: (residentBytes: number) => void): Disposable {
  const timer = setInterval(() => {
    const resident = residentBytes(pid);
    if (resident !== null && resident > limitBytes) {
      clearInterval(timer);
      onExceeded(resident);
    }
  }, everyMs);
  timer.unref();
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
}
