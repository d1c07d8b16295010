import type { Memory } from '../../shared/domain/machine.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import type { CgroupLimits } from './cgroup.ts';
import type { SystemFiles } from './files.ts';

/** Memory from /proc/meminfo and the control group. */
export async function readLinuxMemory(files: SystemFiles, cgroup: CgroupLimits): Promise<Memory> {
  const meminfo = await files.read('/proc/meminfo');
  const read = (key: string) => readMeminfo(meminfo, key);
  const availableBytes = read('MemAvailable');
  const totalBytes = read('MemTotal');
  const limit = cgroup.memoryLimitBytes;
  // A limit above what the machine has limits nothing.
  const limitBytes: Observed<number> =
    limit.status === 'present' && totalBytes.status === 'present' && limit.value >= totalBytes.value
      ? absent('the memory limit of the control group is not below the memory of the machine')
      : limit;
  return {
    totalBytes,
    availableBytes,
    limitBytes,
    usableBytes: toUsableBytes(availableBytes, limitBytes, cgroup.memoryUsedBytes),
    swapTotalBytes: read('SwapTotal'),
    swapFreeBytes: read('SwapFree'),
  };
}

function readMeminfo(meminfo: Observed<string>, key: string): Observed<number> {
  if (meminfo.status === 'absent') return meminfo;
  const match = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(meminfo.value);
  return match ? present(Number(match[1]) * 1024) : absent(`/proc/meminfo has no line ${key} on this kernel`);
}

function toUsableBytes(available: Observed<number>, limit: Observed<number>, used: Observed<number>): Observed<number> {
  if (limit.status === 'absent') return available;
  if (used.status === 'absent') return used;
  const left = Math.max(0, limit.value - used.value);
  return present(available.status === 'present' ? Math.min(available.value, left) : left);
}

/** Memory as Node tells it, for systems without /proc. "Free" leaves out what the system could reclaim. */
export function toPortableMemory(totalBytes: number, freeBytes: number, availableBytes: number): Memory {
  const available = Math.max(freeBytes, availableBytes);
  return {
    totalBytes: totalBytes > 0 ? present(totalBytes) : absent('the system does not tell its memory'),
    availableBytes: present(available),
    limitBytes: absent('this system has no control groups'),
    usableBytes: present(available),
    swapTotalBytes: absent('swap is read on Linux only'),
    swapFreeBytes: absent('swap is read on Linux only'),
  };
}
