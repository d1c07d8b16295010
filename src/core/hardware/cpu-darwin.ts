import type { Cache, Cpu, Virtualization } from '../../shared/domain/machine.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { parsePositive } from './files.ts';
import { readDarwinIsa } from './isa.ts';
import { toUsable } from './usable-cpus.ts';

export type SysctlValues = ReadonlyMap<string, string>;

/** Arguments of sysctl for what `readDarwinCpu` needs; -i leaves out names that this macOS does not know. */
export const SYSCTL_ARGUMENTS = ['-i', 'hw', 'machdep.cpu', 'kern.hv_vmm_present'];

/** Reads lines "name: value". */
export function parseSysctl(output: string): SysctlValues {
  const values = new Map<string, string>();
  for (const line of output.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) values.set(line.slice(0, colon).trim(), line.slice(colon + 2).trim());
  }
  return values;
}

/** The processor as macOS tells of it; `parallelism` is what Node may use. */
export function readDarwinCpu(sysctl: Observed<SysctlValues>, arch: string, parallelism: number): Cpu {
  const text = (key: string) => readValue(sysctl, key);
  const count = (key: string) => readCount(sysctl, key);
  const physicalCores = count('hw.physicalcpu');
  const logicalCores = count('hw.logicalcpu');
  const hidden = absent('macOS does not tell it');
  const clock = (key: string): Observed<number> => {
    const hertz = count(key);
    return hertz.status === 'present'
      ? present(hertz.value / 1e6)
      : absent('macOS does not tell the clock of this processor');
  };
  return {
    model: text('machdep.cpu.brand_string'),
    vendor: arch === 'arm64' ? present('Apple') : text('machdep.cpu.vendor'),
    sockets: count('hw.packages'),
    physicalCores,
    logicalCores,
    usable: toUsable([{ source: 'system', cpus: parallelism }]),
    caches: readCaches(sysctl),
    numaNodes: absent('macOS has no notion of NUMA nodes'),
    isa: readDarwinIsa(sysctl, arch),
    microcode: text('machdep.cpu.microcode_version'),
    baseClockMHz: clock('hw.cpufrequency'),
    maxClockMHz: clock('hw.cpufrequency_max'),
    governor: hidden,
    boost: hidden,
    smt:
      physicalCores.status === 'present' && logicalCores.status === 'present'
        ? present(logicalCores.value > physicalCores.value)
        : hidden,
  };
}

/** Whether macOS itself runs in a virtual machine. */
export function readDarwinVirtualization(sysctl: Observed<SysctlValues>): Virtualization {
  const flag = readValue(sysctl, 'kern.hv_vmm_present');
  const detected = flag.status === 'present' && flag.value === '1';
  return {
    virtualMachine:
      flag.status === 'absent'
        ? flag
        : present({ detected, name: null, evidence: detected ? ['kern.hv_vmm_present is 1'] : [] }),
    container: absent('macOS has no containers of its own'),
  };
}

function readCaches(sysctl: Observed<SysctlValues>): Observed<Cache[]> {
  if (sysctl.status === 'absent') return sysctl;
  const read = (key: string) => parsePositive(sysctl.value.get(key) ?? '');
  const caches: Cache[] = [];
  const levels = read('hw.nperflevels') ?? 0;
  for (let performance = 0; performance < levels; performance++) {
    const prefix = `hw.perflevel${performance}`;
    const cpus = read(`${prefix}.logicalcpu`);
    const sharing = read(`${prefix}.cpusperl2`);
    if (cpus === null) continue;
    const add = (level: number, kind: Cache['kind'], sizeBytes: number | null, sharedByCpus: number) => {
      if (sizeBytes !== null)
        caches.push({ level, kind, sizeBytes, sharedByCpus, instances: Math.ceil(cpus / sharedByCpus) });
    };
    add(1, 'data', read(`${prefix}.l1dcachesize`), 1);
    add(1, 'instruction', read(`${prefix}.l1icachesize`), 1);
    if (sharing !== null) add(2, 'unified', read(`${prefix}.l2cachesize`), sharing);
  }
  return caches.length > 0 ? present(caches) : absent('this version of macOS does not describe caches by kind of core');
}

function readValue(sysctl: Observed<SysctlValues>, key: string): Observed<string> {
  if (sysctl.status === 'absent') return sysctl;
  const value = sysctl.value.get(key);
  return value === undefined || value === '' ? absent(`this macOS has no setting ${key}`) : present(value);
}

function readCount(sysctl: Observed<SysctlValues>, key: string): Observed<number> {
  const value = readValue(sysctl, key);
  if (value.status === 'absent') return value;
  const number = parsePositive(value.value);
  return number === null ? absent(`${key} is not a number above 0`) : present(number);
}
