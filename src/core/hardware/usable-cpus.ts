import type { Cpu, CpuLimit } from '../../shared/domain/machine.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import type { CgroupLimits } from './cgroup.ts';
import { parseCpuList, parseObserved } from './files.ts';
import type { SystemFiles } from './files.ts';

/** What Linux lets this process use: the smallest of online cpus, affinity, cpuset and quota. */
export async function readUsableCpus(
  files: SystemFiles,
  online: Observed<number[]>,
  cgroup: CgroupLimits,
): Promise<Cpu['usable']> {
  const status = await files.read('/proc/self/status');
  const affinity = parseObserved(status, parseAllowedCpus, '/proc/self/status has no line Cpus_allowed_list');
  const limits: CpuLimit[] = [];
  if (online.status === 'present') limits.push({ source: 'online', cpus: online.value.length });
  if (affinity.status === 'present') {
    // The mask may name cpus that are not plugged in.
    const cpus = affinity.value.filter((cpu) => online.status === 'absent' || online.value.includes(cpu)).length;
    if (cpus > 0) limits.push({ source: 'affinity', cpus });
  }
  if (cgroup.cpuset.status === 'present') limits.push({ source: 'cpuset', cpus: cgroup.cpuset.value.length });
  if (cgroup.quotaCpus.status === 'present') limits.push({ source: 'cgroup-quota', cpus: cgroup.quotaCpus.value });
  return toUsable(limits);
}

/** Builds the fact from the limits that were found. */
export function toUsable(limits: CpuLimit[]): Cpu['usable'] {
  if (limits.length === 0) return absent('no file of this system tells how many cpus this process may use');
  return present({ cpus: Math.min(...limits.map((limit) => limit.cpus)), limits });
}

function parseAllowedCpus(status: string): number[] | null {
  const match = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status);
  return match?.[1] === undefined ? null : parseCpuList(match[1]);
}
