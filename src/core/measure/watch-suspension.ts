import { readFileSync } from 'node:fs';
import type { Stage } from '../../engine/protocol.ts';

/** Where a watch looks; a test gives its own. */
export interface SuspensionPorts {
  /** Monotonic clock, ms. */
  nowMs: () => number;
  /** Time since the machine started, sleep included, ms; null where that is not told apart from the monotonic clock. */
  bootMs: () => number | null;
  /** Whether a process is stopped by a signal or a debugger; false where the system does not tell. */
  isStopped: (pid: number) => boolean;
}

const systemPorts: SuspensionPorts = {
  nowMs: () => performance.now(),
  bootMs() {
    // proc_uptime(5) counts sleep, and Linux's monotonic clock does not.
    const uptime = readText('/proc/uptime')?.split(' ')[0];
    return uptime === undefined ? null : Number(uptime) * 1000;
  },
  isStopped(pid) {
    const stat = readText(`/proc/${pid}/stat`);
    // The state follows the name in parentheses, which may hold spaces.
    const state = stat?.charAt(stat.lastIndexOf(')') + 2);
    return state === 'T' || state === 't';
  },
};

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}

const everyMs = 250;
/** A tick that is later than this is no busy machine any more. */
const lateTickMs = 5000;
/** Smaller gaps between the clocks are their resolution. */
const sleptMs = 1000;

export interface SuspensionWatch extends Disposable {
  /** Begins with the measured part and ends with it. */
  progressed(stage: Stage): void;
  /** Time of the measured part in which nothing could run, ns; 0 before it has begun. */
  suspendedNs(): number;
}

/**
 * Watches for time in which an engine could not run although nothing of the model was slow: a laptop whose lid was
 * closed, a virtual machine that was moved, an engine that was stopped. Three signs, of which the largest counts: the
 * clock that goes on in sleep has run ahead of the one that does not; this process was not woken for seconds, which
 * tells where both clocks go on; the engine is stopped. Costs one small file of /proc four times a second.
 */
export function createSuspensionWatch(pid: number, ports: SuspensionPorts = systemPorts): SuspensionWatch {
  let timer: NodeJS.Timeout | null = null;
  let began: { nowMs: number; bootMs: number | null } | null = null;
  let lastMs = 0;
  let lateMs = 0;
  let stoppedMs = 0;
  let sleptForMs = 0;

  const look = (): void => {
    const nowMs = ports.nowMs();
    const sinceLastMs = nowMs - lastMs;
    lastMs = nowMs;
    if (sinceLastMs > lateTickMs) lateMs += sinceLastMs;
    else if (ports.isStopped(pid)) stoppedMs += sinceLastMs;
  };
  const end = (): void => {
    if (timer === null || began === null) return;
    clearInterval(timer);
    timer = null;
    look();
    const bootMs = ports.bootMs();
    const aheadMs = bootMs === null || began.bootMs === null ? 0 : bootMs - began.bootMs - (lastMs - began.nowMs);
    sleptForMs = aheadMs > sleptMs ? aheadMs : 0;
  };
  return {
    progressed(stage) {
      if (stage !== 'measured') end();
      else if (began === null) {
        began = { nowMs: ports.nowMs(), bootMs: ports.bootMs() };
        lastMs = began.nowMs;
        timer = setInterval(look, everyMs);
      }
    },
    suspendedNs() {
      end();
      return Math.round(1e6 * Math.max(sleptForMs, lateMs, stoppedMs));
    },
    [Symbol.dispose]: end,
  };
}
