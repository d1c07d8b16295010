import { readFileSync } from 'node:fs';

const everyMs = 25;

/**
 * Largest resident size of a process so far in bytes, by the kernel's own high-water mark (VmHWM), which no look from
 * outside can miss; null where there is no /proc or the process is gone.
 */
export function peakResidentBytes(pid: number | 'self'): number | null {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}

/** Reads the high-water mark of a process until it is disposed of or gone; what was read last is its peak. */
export function followPeak(pid: number): { peakBytes: () => number } & Disposable {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, peakResidentBytes(pid) ?? 0);
  };
  look();
  const timer = setInterval(look, everyMs);
  return {
    peakBytes: () => peak,
    [Symbol.dispose]() {
      look();
      clearInterval(timer);
    },
  };
}
