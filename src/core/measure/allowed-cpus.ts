import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseCpuList } from '../hardware/files.ts';

/**
 * Numbers of the logical processors that this process, and so its engines, may run on; empty where nothing tells. One
 * thread of every core comes before the second threads of cores, so that the first n are n different cores as long as
 * there are so many: neighbouring numbers are often one core. Reads /proc and /sys below `root`.
 */
export function allowedCpuNumbers(root = '/'): number[] {
  const cores = allowedCores(root);
  return [...cores.flatMap(([first]) => first ?? []), ...cores.flatMap(([, ...others]) => others)];
}

/** The same numbers by physical core; empty where nothing tells. */
export function allowedCores(root = '/'): number[][] {
  const status = read(path.join(root, 'proc', 'self', 'status'));
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status ?? '')?.[1];
  const allowed = (list === undefined ? null : parseCpuList(list)) ?? [];
  const cores = new Map<string, number[]>();
  for (const cpu of allowed) {
    const topology = path.join(root, 'sys', 'devices', 'system', 'cpu', `cpu${cpu}`, 'topology');
    const core = read(path.join(topology, 'thread_siblings_list')) ?? String(cpu);
    cores.set(core, [...(cores.get(core) ?? []), cpu]);
  }
  return [...cores.values()];
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'latin1').trim();
  } catch {
    return null;
  }
}
