import type { DisplayAdapter, Gpu } from '../../shared/domain/machine.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { nameAdapters, readPciAdapters, toDisplayAdapters } from './display-adapters.ts';
import type { ReportedAdapter } from './display-adapters.ts';
import { parseObserved, parsePositive } from './files.ts';
import type { SystemFiles } from './files.ts';
import { readNvmlGpus } from './gpu-nvml.ts';
import { matchGpu } from './gpu-match.ts';
import { SMI_ARGUMENTS, parseSmiGpus } from './gpu-smi.ts';
import type { Nvml } from './nvml.ts';

/** Where GPUs are looked for. */
export interface GpuPorts {
  platform: NodeJS.Platform;
  files: SystemFiles;
  openNvml: () => Promise<Observed<Nvml>>;
  /** Standard output of a program; absent when it is not installed, fails or takes too long. */
  run: (command: string, args: string[]) => Promise<Observed<string>>;
  /** The adapters that a graphics library lists; slow, so asked for only when it can add something. */
  listAdapters: () => Promise<ReportedAdapter[]>;
}

export interface GpuReport {
  gpus: Observed<Gpu[]>;
  displayAdapters: Observed<DisplayAdapter[]>;
}

/** NVIDIA's GPUs from NVML or nvidia-smi, those of other vendors from the bus and the system's own list. */
export async function readGpus(ports: GpuPorts): Promise<GpuReport> {
  const [nvidia, onBus] = await Promise.all([readNvidiaGpus(ports), readAdaptersOnBus(ports)]);
  const needsNames =
    onBus.status === 'absent'
      ? ports.platform !== 'linux'
      : onBus.value.some((adapter) => adapter.kind === 'graphics' && !isNvidia(adapter));
  const reported = needsNames ? await ports.listAdapters() : [];
  const displayAdapters =
    onBus.status === 'present'
      ? present(nameAdapters(onBus.value, reported))
      : needsNames
        ? toDisplayAdapters(reported)
        : onBus;
  const others = await readOtherGpus(ports.files, displayAdapters, reported, nvidia);
  const found = nvidia.status === 'present' ? [...nvidia.value, ...others] : others;
  if (found.length > 0) return { gpus: present(found), displayAdapters };
  const gpus =
    nvidia.status === 'absent'
      ? absent(`no GPU was found: ${nvidia.reason}`, nvidia.remedy)
      : absent('no GPU was found');
  return { gpus, displayAdapters };
}

async function readNvidiaGpus(ports: GpuPorts): Promise<Observed<Gpu[]>> {
  const nvml = await ports.openNvml();
  if (nvml.status === 'present') {
    try {
      return readNvmlGpus(nvml.value);
    } finally {
      nvml.value.close();
    }
  }
  if (ports.platform === 'darwin') return nvml;
  const answer = await ports.run('nvidia-smi', SMI_ARGUMENTS);
  return answer.status === 'present' ? parseSmiGpus(answer.value) : nvml;
}

function readAdaptersOnBus(ports: GpuPorts): Promise<Observed<DisplayAdapter[]>> {
  return ports.platform === 'linux'
    ? readPciAdapters(ports.files)
    : Promise.resolve(absent(`the PCI bus is not read on ${ports.platform}`));
}

function isNvidia(adapter: DisplayAdapter): boolean {
  return adapter.vendor.status === 'present' && /nvidia/i.test(adapter.vendor.value);
}

/** Adapters that compute and that no NVIDIA library has told of already. */
async function readOtherGpus(
  files: SystemFiles,
  adapters: Observed<DisplayAdapter[]>,
  reported: ReportedAdapter[],
  nvidia: Observed<Gpu[]>,
): Promise<Gpu[]> {
  if (adapters.status === 'absent') return [];
  const hasNvidia = nvidia.status === 'present';
  const others = adapters.value.filter(
    (adapter) => adapter.kind === 'graphics' && !(hasNvidia && (isNvidia(adapter) || /nvidia/i.test(adapter.name))),
  );
  return Promise.all(
    others.map(async (adapter, index) => {
      const entry = reported.find((candidate) => candidate.name === adapter.name);
      const memoryBytes = await readAdapterMemory(files, adapter, entry);
      const untold =
        nvidia.status === 'absent' && isNvidia(adapter)
          ? absent(nvidia.reason, nvidia.remedy)
          : absent('read for NVIDIA GPUs only, through their driver');
      return toSystemGpu(adapter, memoryBytes, entry, index, untold);
    }),
  );
}

/**
 * On a PCI bus that can be read, only the memory that the driver states counts (amdgpu does): what lists of devices
 * call memory there is the size of the window into it.
 */
async function readAdapterMemory(
  files: SystemFiles,
  adapter: DisplayAdapter,
  reported: ReportedAdapter | undefined,
): Promise<Observed<number>> {
  const untold = 'the system does not tell the memory of this adapter';
  if (adapter.busAddress.status === 'present') {
    const stated = await files.read(`/sys/bus/pci/devices/${adapter.busAddress.value}/mem_info_vram_total`);
    if (stated.status === 'present') return parseObserved(stated, parsePositive, untold);
  }
  const memoryBytes = reported?.memoryBytes ?? null;
  return memoryBytes === null ? absent(untold) : present(memoryBytes);
}

function toSystemGpu(
  adapter: DisplayAdapter,
  memoryBytes: Observed<number>,
  reported: ReportedAdapter | undefined,
  index: number,
  untold: Observed<never>,
): Gpu {
  const driver = reported?.driverVersion ?? null;
  return {
    index,
    vendor: adapter.vendor.status === 'present' ? adapter.vendor.value : 'unknown vendor',
    name: adapter.name,
    source: 'system',
    uuid: untold,
    memoryBytes,
    memoryUsedBytes: untold,
    driverVersion: driver === null ? untold : present(driver),
    cudaDriverVersion: untold,
    vbios: untold,
    smClock: { currentMHz: untold, maxMHz: untold },
    memoryClock: { currentMHz: untold, maxMHz: untold },
    temperatureC: untold,
    powerLimitW: untold,
    powerLimitMaxW: untold,
    migEnabled: untold,
    eccEnabled: untold,
    pcieGeneration: { current: untold, max: untold },
    pcieWidth: { current: untold, max: untold },
    catalogueIds: matchGpu(adapter.name, memoryBytes, reported?.cores ?? null),
  };
}
