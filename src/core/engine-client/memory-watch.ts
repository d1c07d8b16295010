import { readFileSync } from 'node:fs';

const everyMs = 250;

/** Resident bytes of another process by /proc; null where the system has no /proc or the process is gone. */
function residentBytes(pid: number): number | null {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]);
    return Number.isFinite(pages) ? pages * 4096 : null;
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
