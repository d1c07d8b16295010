import type { Cache, NumaNode } from '../../shared/domain/machine.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import type { Cpuinfo } from './cpuinfo.ts';
import { firstPresent, parseCpuList, parseObserved, parsePositive } from './files.ts';
import type { SystemFiles } from './files.ts';

const CPUS = '/sys/devices/system/cpu';

export interface Topology {
  sockets: Observed<number>;
  physicalCores: Observed<number>;
  logicalCores: Observed<number>;
}

/** Numbers of the logical cpus that are online: from sysfs, else one per block of /proc/cpuinfo. */
export async function readOnlineCpus(files: SystemFiles, cpuinfo: Observed<Cpuinfo>): Promise<Observed<number[]>> {
  const online = parseObserved(
    await files.read(`${CPUS}/online`),
    parseCpuList,
    `${CPUS}/online is not a list of cpus`,
  );
  const listed = parseObserved(
    cpuinfo,
    (info) => (info.processors.length > 0 ? info.processors.map((block) => Number(block.get('processor'))) : null),
    '/proc/cpuinfo lists no processors',
  );
  return firstPresent(online, listed);
}

/** Sockets and cores from sysfs, else from the ids that x86 kernels print in /proc/cpuinfo. */
export async function readTopology(
  files: SystemFiles,
  cpuinfo: Observed<Cpuinfo>,
  online: Observed<number[]>,
): Promise<Topology> {
  const logicalCores = parseObserved(online, (cpus) => cpus.length || null, 'no cpu is listed as online');
  const fromSysfs = await readSysfsTopology(files, online);
  const fromCpuinfo = toCpuinfoTopology(cpuinfo);
  return {
    logicalCores,
    sockets: firstPresent(fromSysfs.sockets, fromCpuinfo.sockets),
    physicalCores: firstPresent(fromSysfs.physicalCores, fromCpuinfo.physicalCores),
  };
}

async function readSysfsTopology(
  files: SystemFiles,
  online: Observed<number[]>,
): Promise<Omit<Topology, 'logicalCores'>> {
  if (online.status === 'absent') return { sockets: online, physicalCores: online };
  const perCpu = await Promise.all(
    online.value.map(async (cpu) => ({
      socket: await files.read(`${CPUS}/cpu${cpu}/topology/physical_package_id`),
      siblings: await files.read(`${CPUS}/cpu${cpu}/topology/thread_siblings_list`),
    })),
  );
  // An ARM kernel without a topology table writes -1 for each package.
  const sockets = countDistinct(
    perCpu.map((entry) => entry.socket).filter((id) => id.status === 'absent' || Number(id.value) >= 0),
  );
  const physicalCores = countDistinct(perCpu.map((entry) => entry.siblings));
  return { sockets, physicalCores };
}

/** Number of different values, absent as soon as one of them is. */
function countDistinct(values: Observed<string>[]): Observed<number> {
  const distinct = new Set<string>();
  for (const value of values) {
    if (value.status === 'absent') return value;
    distinct.add(value.value);
  }
  return distinct.size > 0 ? present(distinct.size) : absent('the kernel gives no package numbers');
}

function toCpuinfoTopology(cpuinfo: Observed<Cpuinfo>): Omit<Topology, 'logicalCores'> {
  if (cpuinfo.status === 'absent') return { sockets: cpuinfo, physicalCores: cpuinfo };
  const sockets = new Set<string>();
  const cores = new Set<string>();
  for (const block of cpuinfo.value.processors) {
    const socket = block.get('physical id');
    const core = block.get('core id');
    if (socket === undefined || core === undefined) {
      const missing = absent('neither sysfs nor /proc/cpuinfo gives socket and core numbers here');
      return { sockets: missing, physicalCores: missing };
    }
    sockets.add(socket);
    cores.add(`${socket}/${core}`);
  }
  const none = absent('/proc/cpuinfo lists no processors');
  return {
    sockets: sockets.size > 0 ? present(sockets.size) : none,
    physicalCores: cores.size > 0 ? present(cores.size) : none,
  };
}

const CACHE_KINDS: Record<string, Cache['kind']> = { Data: 'data', Instruction: 'instruction', Unified: 'unified' };

/** Caches from sysfs, one entry per level, kind and size, with how many cpus share each and how many there are. */
export async function readCaches(files: SystemFiles, online: Observed<number[]>): Promise<Observed<Cache[]>> {
  if (online.status === 'absent') return online;
  const perCpu = await Promise.all(online.value.map((cpu) => readCachesOfCpu(files, cpu)));
  const instances = new Map<string, Omit<Cache, 'instances'>>();
  for (const { key, cache } of perCpu.flat()) instances.set(key, cache);
  const grouped = new Map<string, Cache>();
  for (const cache of instances.values()) {
    const group = `${cache.level}/${cache.kind}/${cache.sizeBytes}/${cache.sharedByCpus}`;
    grouped.set(group, { ...cache, instances: (grouped.get(group)?.instances ?? 0) + 1 });
  }
  const caches = [...grouped.values()].sort((a, b) => a.level - b.level || a.kind.localeCompare(b.kind));
  return caches.length > 0
    ? present(caches)
    : absent(`${CPUS}/cpu*/cache does not describe the caches, which is usual on ARM boards and in sandboxes`);
}

async function readCachesOfCpu(
  files: SystemFiles,
  cpu: number,
): Promise<{ key: string; cache: Omit<Cache, 'instances'> }[]> {
  const directory = `${CPUS}/cpu${cpu}/cache`;
  const names = await files.list(directory);
  if (names.status === 'absent') return [];
  const read = await Promise.all(
    names.value
      .filter((name) => /^index\d+$/.test(name))
      .map(async (name) => {
        const [level, kind, size, shared] = await Promise.all(
          ['level', 'type', 'size', 'shared_cpu_list'].map((leaf) => files.read(`${directory}/${name}/${leaf}`)),
        );
        return toCache(level, kind, size, shared, cpu);
      }),
  );
  return read.filter((entry) => entry !== null);
}

function toCache(
  level: Observed<string> | undefined,
  kind: Observed<string> | undefined,
  size: Observed<string> | undefined,
  shared: Observed<string> | undefined,
  cpu: number,
): { key: string; cache: Omit<Cache, 'instances'> } | null {
  if (level?.status !== 'present' || kind?.status !== 'present' || size?.status !== 'present') return null;
  const cacheKind = CACHE_KINDS[kind.value];
  const sizeBytes = parseKernelSize(size.value);
  const cacheLevel = parsePositive(level.value);
  if (cacheKind === undefined || sizeBytes === null || cacheLevel === null) return null;
  const sharers = shared?.status === 'present' ? parseCpuList(shared.value) : null;
  const list = sharers ?? [cpu];
  return {
    key: `${cacheLevel}/${cacheKind}/${list.join(',')}`,
    cache: { level: cacheLevel, kind: cacheKind, sizeBytes, sharedByCpus: list.length },
  };
}

/** "48K", "2048K", "32M" in bytes. */
function parseKernelSize(size: string): number | null {
  const match = /^(\d+)([KMG]?)$/.exec(size);
  if (!match) return null;
  const scale = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[match[2] ?? ''];
  const value = Number(match[1]) * (scale ?? 1);
  return value > 0 ? value : null;
}

/** NUMA nodes with their cpus and memory. */
export async function readNumaNodes(files: SystemFiles): Promise<Observed<NumaNode[]>> {
  const directory = '/sys/devices/system/node';
  const names = await files.list(directory);
  if (names.status === 'absent') return names;
  const nodes = await Promise.all(
    names.value
      .map((name) => /^node(\d+)$/.exec(name)?.[1])
      .filter((node) => node !== undefined)
      .map(async (node): Promise<NumaNode> => {
        const [cpus, meminfo] = await Promise.all([
          files.read(`${directory}/node${node}/cpulist`),
          files.read(`${directory}/node${node}/meminfo`),
        ]);
        return {
          node: Number(node),
          cpus: cpus.status === 'present' ? (parseCpuList(cpus.value) ?? []) : [],
          memoryBytes: parseObserved(meminfo, parseNodeMemory, `node${node}/meminfo has no line MemTotal`),
        };
      }),
  );
  nodes.sort((a, b) => a.node - b.node);
  return nodes.length > 0 ? present(nodes) : absent(`${directory} lists no node`);
}

function parseNodeMemory(meminfo: string): number | null {
  const match = /MemTotal:\s+(\d+) kB/.exec(meminfo);
  return match ? Number(match[1]) * 1024 : null;
}
