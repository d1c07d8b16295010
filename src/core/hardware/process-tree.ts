import type { SystemFiles } from './files.ts';

/** What processes and everything that they started take of the machine. */
export interface ProcessTreeUse {
  /** Processor time since their start in seconds; falls when one of them ends. */
  processorS: number;
  residentBytes: number;
}

/** Ticks of /proc/<pid>/stat per second: USER_HZ is 100 on every platform that Node runs on. */
const TICKS_PER_S = 100;

/** Reads processes and their children from /proc; null where none of them can be read. */
export async function readProcessTree(files: SystemFiles, pids: readonly number[]): Promise<ProcessTreeUse | null> {
  let processorS = 0;
  let residentBytes = 0;
  let found = false;
  const seen = new Set<number>();
  const waiting = [...pids];
  for (let pid = waiting.shift(); pid !== undefined; pid = waiting.shift()) {
    if (seen.has(pid)) continue;
    seen.add(pid);
    const [stat, status, children] = await Promise.all(
      ['stat', 'status', `task/${pid}/children`].map((leaf) => files.read(`/proc/${pid}/${leaf}`)),
    );
    if (stat?.status !== 'present' || status?.status !== 'present') continue;
    found = true;
    processorS += parseTicks(stat.value) / TICKS_PER_S;
    // In kB whatever the size of a page is, which /proc/<pid>/statm is not.
    residentBytes += Number(/^VmRSS:\s+(\d+) kB$/m.exec(status.value)?.[1] ?? 0) * 1024;
    // Kernels without this file show no children, and engines start none.
    if (children?.status === 'present') waiting.push(...children.value.split(/\s+/).map(Number));
  }
  return found ? { processorS, residentBytes } : null;
}

/** utime and stime. The name in parentheses may hold spaces and parentheses; what follows the last one is regular. */
function parseTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
