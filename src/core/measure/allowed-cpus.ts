import { readFileSync } from 'node:fs';
import { parseCpuList } from '../hardware/files.ts';

/** Numbers of the logical processors that this process, and so its engines, may run on; empty where nothing tells. */
export function allowedCpuNumbers(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    return (list === undefined ? null : parseCpuList(list)) ?? [];
  } catch {
    return [];
  }
}
