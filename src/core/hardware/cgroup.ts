import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { parseCpuList, parseObserved } from './files.ts';
import type { SystemFiles } from './files.ts';

/**
 * Limits of the control group of this process, of version 1, version 2 or both (hybrid). Paths are found the way
 * cgroups(7) tells: the group from /proc/self/cgroup, the place of its hierarchy from /proc/self/mountinfo.
 */
export interface CgroupLimits {
  /** Processor time per period, in cpus: the smallest quota from the group up to the root. */
  quotaCpus: Observed<number>;
  cpuset: Observed<number[]>;
  memoryLimitBytes: Observed<number>;
  /** Memory charged to the group that the kernel cannot drop: usage without inactive file cache. */
  memoryUsedBytes: Observed<number>;
}

interface Mount {
  /** Group that the mount point shows as its root. */
  root: string;
  mountPoint: string;
  version: 1 | 2;
  controllers: string[];
}

export async function readCgroupLimits(files: SystemFiles): Promise<CgroupLimits> {
  const [membership, mountinfo] = await Promise.all([
    files.read('/proc/self/cgroup'),
    files.read('/proc/self/mountinfo'),
  ]);
  if (membership.status === 'absent') return toUniform(membership);
  if (mountinfo.status === 'absent') return toUniform(mountinfo);
  const mounts = parseMounts(mountinfo.value);
  const directoriesOf = (controller: string) => toDirectories(membership.value, mounts, controller);
  const [quotaCpus, cpuset, memory] = await Promise.all([
    readQuota(files, directoriesOf('cpu')),
    readCpuset(files, directoriesOf('cpuset')),
    readMemory(files, directoriesOf('memory')),
  ]);
  return { quotaCpus, cpuset, ...memory };
}

function toUniform(none: Observed<never>): CgroupLimits {
  return { quotaCpus: none, cpuset: none, memoryLimitBytes: none, memoryUsedBytes: none };
}

/** Lines of mountinfo(5): "36 35 98:0 /root /mount/point rw - type source options". */
function parseMounts(mountinfo: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    const [, , , root, mountPoint] = (before ?? '').split(' ');
    const [type, , options] = (after ?? '').split(' ');
    if (root === undefined || mountPoint === undefined) continue;
    if (type === 'cgroup2') mounts.push({ root, mountPoint, version: 2, controllers: [] });
    if (type === 'cgroup') mounts.push({ root, mountPoint, version: 1, controllers: (options ?? '').split(',') });
  }
  return mounts;
}

/** Directories from the group of this process up to the root of its hierarchy, innermost first. */
function toDirectories(membership: string, mounts: Mount[], controller: string): { path: string; version: 1 | 2 }[] {
  const directories: { path: string; version: 1 | 2 }[] = [];
  for (const line of membership.split('\n')) {
    const [, controllers, ...rest] = line.trim().split(':');
    const group = rest.join(':');
    const isUnified = controllers === '';
    if (!isUnified && !(controllers ?? '').split(',').includes(controller)) continue;
    const mount = mounts.find((candidate) =>
      isUnified ? candidate.version === 2 : candidate.version === 1 && candidate.controllers.includes(controller),
    );
    if (!mount) continue;
    // Inside a container the mount may show a deeper group as its root; what lies above it cannot be seen.
    const below = mount.root !== '/' && group.startsWith(mount.root) ? group.slice(mount.root.length) : group;
    const parts = below.split('/').filter((part) => part !== '' && part !== '..');
    for (let depth = parts.length; depth >= 0; depth--) {
      directories.push({ path: [mount.mountPoint, ...parts.slice(0, depth)].join('/'), version: mount.version });
    }
  }
  return directories;
}

async function readQuota(
  files: SystemFiles,
  directories: { path: string; version: 1 | 2 }[],
): Promise<Observed<number>> {
  const quotas: number[] = [];
  for (const { path, version } of directories) {
    const quota = version === 2 ? await readQuotaV2(files, path) : await readQuotaV1(files, path);
    if (quota !== null) quotas.push(quota);
  }
  return quotas.length > 0 ? present(Math.min(...quotas)) : absent('the control group sets no quota of processor time');
}

async function readQuotaV2(files: SystemFiles, path: string): Promise<number | null> {
  const max = await files.read(`${path}/cpu.max`);
  const match = max.status === 'present' ? /^(\d+) (\d+)$/.exec(max.value) : null;
  return match ? Number(match[1]) / Number(match[2]) : null;
}

async function readQuotaV1(files: SystemFiles, path: string): Promise<number | null> {
  const [quota, period] = await Promise.all([
    files.read(`${path}/cpu.cfs_quota_us`),
    files.read(`${path}/cpu.cfs_period_us`),
  ]);
  if (quota.status === 'absent' || period.status === 'absent') return null;
  const cpus = Number(quota.value) / Number(period.value);
  return Number.isFinite(cpus) && cpus > 0 ? cpus : null;
}

async function readCpuset(
  files: SystemFiles,
  directories: { path: string; version: 1 | 2 }[],
): Promise<Observed<number[]>> {
  for (const { path, version } of directories) {
    const names = version === 2 ? ['cpuset.cpus.effective'] : ['cpuset.effective_cpus', 'cpuset.cpus'];
    for (const name of names) {
      const cpus = parseObserved(await files.read(`${path}/${name}`), parseCpuList, `${name} is not a list of cpus`);
      if (cpus.status === 'present') return cpus;
    }
  }
  return absent('the control group names no set of cpus');
}

async function readMemory(
  files: SystemFiles,
  directories: { path: string; version: 1 | 2 }[],
): Promise<Pick<CgroupLimits, 'memoryLimitBytes' | 'memoryUsedBytes'>> {
  let tightest: { limitBytes: number; path: string; version: 1 | 2 } | null = null;
  for (const { path, version } of directories) {
    const limit = await files.read(`${path}/${version === 2 ? 'memory.max' : 'memory.limit_in_bytes'}`);
    const limitBytes = limit.status === 'present' && /^\d+$/.test(limit.value) ? Number(limit.value) : Infinity;
    // Version 1 writes "no limit" as the largest multiple of the page size below 2^63.
    if (limitBytes > 0 && limitBytes < 2 ** 62 && limitBytes < (tightest?.limitBytes ?? Infinity)) {
      tightest = { limitBytes, path, version };
    }
  }
  if (tightest === null) {
    const none = absent('the control group sets no memory limit');
    return { memoryLimitBytes: none, memoryUsedBytes: none };
  }
  const { path, version, limitBytes } = tightest;
  const [usage, statistics] = await Promise.all([
    files.read(`${path}/${version === 2 ? 'memory.current' : 'memory.usage_in_bytes'}`),
    files.read(`${path}/memory.stat`),
  ]);
  // Version 1 counts children under "total_" names, version 2 always.
  const droppable =
    statistics.status === 'present'
      ? (/^total_inactive_file (\d+)$/m.exec(statistics.value) ?? /^inactive_file (\d+)$/m.exec(statistics.value))
      : null;
  return {
    memoryLimitBytes: present(limitBytes),
    memoryUsedBytes: parseObserved(
      usage,
      (value) => (/^\d+$/.test(value) ? Math.max(0, Number(value) - Number(droppable?.[1] ?? 0)) : null),
      'the memory usage of the control group is not a number',
    ),
  };
}
