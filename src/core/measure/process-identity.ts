import { readFileSync } from 'node:fs';
import type { RunOwner } from '../storage/runs.ts';

/**
 * When a process started, as text that two processes with the same pid do not share: the start tick of /proc on Linux.
 * Elsewhere there is no cheap source, and the empty text makes the pid alone decide.
 */
function startTimeOf(pid: number): string | null {
  if (process.platform !== 'linux') return '';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The 22nd field; the name in parentheses may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

export function thisProcess(): RunOwner {
  return { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' };
}

/** Whether the very process that wrote this identity still runs; a reused pid does not count. */
export function isProcessAlive(pid: number, startTime: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const current = startTimeOf(pid);
  return current !== null && (startTime === '' || current === startTime);
}
