import { setTimeout as sleep } from 'node:timers/promises';
import type { MachineReport } from '../../shared/domain/machine.ts';
import { absent } from '../../shared/domain/provenance.ts';
import { readCgroupLimits } from './cgroup.ts';
import { readLinuxClock } from './cpu-clock.ts';
import { SYSCTL_ARGUMENTS, parseSysctl, readDarwinCpu, readDarwinVirtualization } from './cpu-darwin.ts';
import { toPortableCpu } from './cpu-portable.ts';
import { readCaches, readNumaNodes, readOnlineCpus, readTopology } from './cpu-topology.ts';
import { parseCpuinfo, readCpuinfo, readCpuModel, readCpuVendor } from './cpuinfo.ts';
import { createDetectionPorts } from './detection-ports.ts';
import type { DetectionPorts } from './detection-ports.ts';
import { parseObserved } from './files.ts';
import { readGpus } from './gpus.ts';
import { readLinuxIsa, readWindowsIsa } from './isa.ts';
import { toLoadShares } from './load-sampler.ts';
import { readLinuxMemory, toPortableMemory } from './memory.ts';
import { readLinuxPowerSource, readLinuxSystem, toPortableSystem } from './operating-system.ts';
import { readUsableCpus } from './usable-cpus.ts';
import { readVirtualization } from './virtualization.ts';

type Platform = Pick<MachineReport, 'cpu' | 'memory' | 'operatingSystem' | 'virtualization' | 'powerSource'>;

/**
 * Finds out what this machine is. Each fact is present, or absent with the reason; nothing that is missing makes
 * detection fail. Takes about as long as its window for the load.
 */
export async function detectMachine(ports: DetectionPorts = createDetectionPorts()): Promise<MachineReport> {
  // The window goes first and runs alone, or detection would measure the load that detection makes.
  const load = await sampleLoad(ports);
  const [platform, gpus] = await Promise.all([describePlatform(ports), readGpus(ports)]);
  return { schemaVersion: 1, detectedAt: ports.now().toISOString(), ...platform, ...gpus, load };
}

function describePlatform(ports: DetectionPorts): Promise<Platform> {
  if (ports.platform === 'linux') return describeLinux(ports);
  return ports.platform === 'darwin' ? describeDarwin(ports) : describeOther(ports);
}

async function describeLinux({ files, arch, environment }: DetectionPorts): Promise<Platform> {
  const cpuinfo = parseObserved(await files.read('/proc/cpuinfo'), parseCpuinfo, '/proc/cpuinfo cannot be understood');
  const [online, cgroup] = await Promise.all([readOnlineCpus(files, cpuinfo), readCgroupLimits(files)]);
  const topology = await readTopology(files, cpuinfo, online);
  const [clock, usable, caches, numaNodes, memory, operatingSystem, virtualization, powerSource] = await Promise.all([
    readLinuxClock(files, cpuinfo, topology),
    readUsableCpus(files, online, cgroup),
    readCaches(files, online),
    readNumaNodes(files),
    readLinuxMemory(files, cgroup),
    readLinuxSystem(files, arch),
    readVirtualization(files, cpuinfo, environment),
    readLinuxPowerSource(files),
  ]);
  const cpu = {
    model: readCpuModel(cpuinfo),
    vendor: readCpuVendor(cpuinfo),
    ...topology,
    usable,
    caches,
    numaNodes,
    isa: readLinuxIsa(cpuinfo),
    microcode: readCpuinfo(cpuinfo, 'microcode'),
    ...clock,
  };
  return { cpu, memory, operatingSystem, virtualization, powerSource };
}

async function describeDarwin(ports: DetectionPorts): Promise<Platform> {
  const { node, arch } = ports;
  const [output, version, powerSource] = await Promise.all([
    ports.run('sysctl', SYSCTL_ARGUMENTS),
    ports.run('sw_vers', ['-productVersion']),
    ports.libraryPowerSource(),
  ]);
  // Node's own answer is the version of the kernel once more.
  const system = version.status === 'present' ? `macOS ${version.value.trim()}` : '';
  const sysctl = parseObserved(output, parseSysctl, 'the answer of sysctl cannot be understood');
  return {
    cpu: readDarwinCpu(sysctl, arch, node.parallelism),
    memory: toPortableMemory(node.totalMemoryBytes, node.freeMemoryBytes, node.availableMemoryBytes),
    operatingSystem: toPortableSystem('darwin', arch, system, node.kernelRelease),
    virtualization: readDarwinVirtualization(sysctl),
    powerSource,
  };
}

async function describeOther(ports: DetectionPorts): Promise<Platform> {
  const { node, arch, platform } = ports;
  const [library, isVirtual, powerSource, feature] = await Promise.all([
    ports.libraryCpu(),
    ports.libraryIsVirtual(),
    ports.libraryPowerSource(),
    ports.windowsFeature(),
  ]);
  return {
    cpu: toPortableCpu(library, readWindowsIsa(feature, arch), node.parallelism),
    memory: toPortableMemory(node.totalMemoryBytes, node.freeMemoryBytes, node.availableMemoryBytes),
    operatingSystem: toPortableSystem(platform, arch, node.systemVersion, node.kernelRelease),
    virtualization: {
      virtualMachine: parseObserved(
        isVirtual,
        ({ detected, name }) => ({ detected, name, evidence: detected ? ['the firmware names a hypervisor'] : [] }),
        'the firmware does not tell',
      ),
      container: absent('containers are recognised on Linux only'),
    },
    powerSource,
  };
}

async function sampleLoad({ loadSampler, loadWindowMs }: DetectionPorts): Promise<MachineReport['load']> {
  const before = loadSampler.take([process.pid]);
  await sleep(loadWindowMs);
  const shares = toLoadShares(before, loadSampler.take([process.pid]));
  return { windowMs: loadWindowMs, otherShare: shares.others, stealShare: shares.steal };
}
