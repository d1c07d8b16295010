import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';

/** Processor time counted since the system started, in ticks of one unit. */
export interface LoadSnapshot {
  /** Of all cpus together, idle time included. */
  total: number;
  /** Work of this system's own processes and kernel. */
  busy: number;
  /** Taken by the hypervisor for others; null where the system does not count it. */
  steal: number | null;
  /** Used by the processes that were asked for, by pid; null for one that cannot be read. */
  own: ReadonlyMap<number, number | null>;
}

/** Shares of all processor time of the machine between two snapshots, 0..1. */
export interface LoadShares {
  /** Used by processes other than those asked for. */
  others: Observed<number>;
  steal: Observed<number>;
}

export interface LoadSampler {
  /** Reads the counters now; takes well under a millisecond and starts no process. */
  take(ownPids?: readonly number[]): LoadSnapshot;
}

export interface LoadSamplerPorts {
  platform: NodeJS.Platform;
  /** Content of a file of /proc, or null. Synchronous, so that a snapshot is one moment. */
  readProc: (path: string) => string | null;
  cpuTimes: () => { user: number; nice: number; sys: number; idle: number; irq: number }[];
  /** Processor time of this very process in ms, for systems that do not tell that of others. */
  ownPid: number;
  ownTimeMs: () => number;
}

const DEFAULT_PORTS: LoadSamplerPorts = {
  platform: process.platform,
  readProc(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return null;
    }
  },
  cpuTimes: () => cpus().map((cpu) => cpu.times),
  ownPid: process.pid,
  ownTimeMs: () => {
    const usage = process.cpuUsage();
    return (usage.user + usage.system) / 1000;
  },
};

/**
 * Samples the machine's load from /proc/stat, whose unit is 10 ms: a window of a second on two cpus resolves 0.5%.
 * Elsewhere from the counters of the operating system, which know no steal time.
 */
export function createLoadSampler(ports: LoadSamplerPorts = DEFAULT_PORTS): LoadSampler {
  return {
    take(ownPids = []) {
      const own = new Map(ownPids.map((pid) => [pid, readOwnTime(ports, pid)] as const));
      const stat = ports.platform === 'linux' ? ports.readProc('/proc/stat') : null;
      return { ...(stat === null ? readPortableCounters(ports) : parseProcStat(stat)), own };
    },
  };
}

/** First line of /proc/stat, proc_stat(5): user nice system idle iowait irq softirq steal guest guest_nice. */
function parseProcStat(stat: string): Omit<LoadSnapshot, 'own'> {
  const fields = /^cpu\s+(.*)$/m.exec(stat)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal] = fields;
  // Guest time is part of user time already and must not be counted twice.
  const busy = user + nice + system + irq + softirq;
  return { busy, total: busy + idle + iowait + (steal ?? 0), steal: steal ?? null };
}

function readPortableCounters(ports: LoadSamplerPorts): Omit<LoadSnapshot, 'own'> {
  let busy = 0;
  let idle = 0;
  for (const times of ports.cpuTimes()) {
    busy += times.user + times.nice + times.sys + times.irq;
    idle += times.idle;
  }
  return { busy, total: busy + idle, steal: null };
}

function readOwnTime(ports: LoadSamplerPorts, pid: number): number | null {
  if (ports.platform !== 'linux') return pid === ports.ownPid ? ports.ownTimeMs() : null;
  const stat = ports.readProc(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The name in parentheses may hold spaces and parentheses; what follows the last one is regular.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const time = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(time) ? time : null;
}

/** What happened between two snapshots of one sampler. Absent with a reason where the system does not tell. */
export function toLoadShares(before: LoadSnapshot, after: LoadSnapshot): LoadShares {
  const total = after.total - before.total;
  if (total <= 0) {
    const none = absent('the counters of processor time did not advance between the two readings');
    return { others: none, steal: none };
  }
  return { others: toOthersShare(before, after, total), steal: toStealShare(before, after, total) };
}

function toOthersShare(before: LoadSnapshot, after: LoadSnapshot, total: number): Observed<number> {
  let own = 0;
  for (const [pid, end] of after.own) {
    const start = before.own.get(pid);
    if (end === null || start === null || start === undefined) {
      return absent(`the processor time of process ${pid} could not be read on both occasions`);
    }
    own += end - start;
  }
  return present(clamp((after.busy - before.busy - own) / total));
}

function toStealShare(before: LoadSnapshot, after: LoadSnapshot, total: number): Observed<number> {
  if (before.steal === null || after.steal === null) return absent('this system does not count steal time');
  return present(clamp((after.steal - before.steal) / total));
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
