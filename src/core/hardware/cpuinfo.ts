import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';

/** One block of /proc/cpuinfo: lower-case key to value. */
export type CpuinfoBlock = ReadonlyMap<string, string>;

export interface Cpuinfo {
  /** One per logical cpu. */
  processors: CpuinfoBlock[];
  /** Keys that are not repeated per cpu (older ARM kernels). */
  shared: CpuinfoBlock;
}

/** Reads the text of /proc/cpuinfo of any architecture. */
export function parseCpuinfo(content: string): Cpuinfo {
  const processors: CpuinfoBlock[] = [];
  const shared = new Map<string, string>();
  for (const paragraph of content.split(/\n\s*\n/)) {
    const block = new Map<string, string>();
    for (const line of paragraph.split('\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) block.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
    }
    if (/^\d+$/.test(block.get('processor') ?? '')) processors.push(block);
    else for (const [key, value] of block) shared.set(key, value);
  }
  return { processors, shared };
}

/** A key of the first cpu, else of the shared part. */
export function readCpuinfo(cpuinfo: Observed<Cpuinfo>, ...keys: string[]): Observed<string> {
  if (cpuinfo.status === 'absent') return cpuinfo;
  for (const key of keys) {
    const value = cpuinfo.value.processors[0]?.get(key) ?? cpuinfo.value.shared.get(key);
    if (value !== undefined && value !== '') return present(value);
  }
  return absent(`/proc/cpuinfo has no entry "${keys[0]}" on this system`);
}

/** CPU implementer codes of the ARM architecture's MIDR register. */
const ARM_IMPLEMENTERS: Record<string, string> = {
  '0x41': 'ARM',
  '0x42': 'Broadcom',
  '0x43': 'Cavium',
  '0x46': 'Fujitsu',
  '0x48': 'HiSilicon',
  '0x4e': 'NVIDIA',
  '0x50': 'Applied Micro',
  '0x51': 'Qualcomm',
  '0x61': 'Apple',
  '0xc0': 'Ampere',
};

/** Part numbers of the cores that servers and boards for inference carry, by implementer and part. */
const ARM_PARTS: Record<string, string> = {
  '0x41/0xd03': 'Cortex-A53',
  '0x41/0xd05': 'Cortex-A55',
  '0x41/0xd07': 'Cortex-A57',
  '0x41/0xd08': 'Cortex-A72',
  '0x41/0xd0b': 'Cortex-A76',
  '0x41/0xd0c': 'Neoverse-N1',
  '0x41/0xd40': 'Neoverse-V1',
  '0x41/0xd41': 'Cortex-A78',
  '0x41/0xd42': 'Cortex-A78AE',
  '0x41/0xd49': 'Neoverse-N2',
  '0x41/0xd4f': 'Neoverse-V2',
  '0xc0/0xac3': 'Ampere-1',
};

/** Model name: the kernel's own on x86, the decoded part number on ARM, where the kernel gives none. */
export function readCpuModel(cpuinfo: Observed<Cpuinfo>): Observed<string> {
  const named = readCpuinfo(cpuinfo, 'model name');
  if (named.status === 'present' || cpuinfo.status === 'absent') return named;
  const implementer = readCpuinfo(cpuinfo, 'cpu implementer');
  const part = readCpuinfo(cpuinfo, 'cpu part');
  if (implementer.status === 'absent' || part.status === 'absent') return named;
  const known = ARM_PARTS[`${implementer.value}/${part.value}`];
  return present(known ?? `core ${part.value} of implementer ${implementer.value}`);
}

export function readCpuVendor(cpuinfo: Observed<Cpuinfo>): Observed<string> {
  const vendor = readCpuinfo(cpuinfo, 'vendor_id');
  if (vendor.status === 'present') return vendor;
  const implementer = readCpuinfo(cpuinfo, 'cpu implementer');
  if (implementer.status === 'absent') return vendor;
  return present(ARM_IMPLEMENTERS[implementer.value] ?? `implementer ${implementer.value}`);
}
