import { createHash } from 'node:crypto';
import { sha256Schema } from '../../shared/domain/ids.ts';
import type { Sha256 } from '../../shared/domain/ids.ts';
import type { MachineReport } from '../../shared/domain/machine.ts';
import type { Observed } from '../../shared/domain/provenance.ts';

const GIBIBYTE = 1024 ** 3;

/**
 * Identity of a machine for comparing results: SHA-256 over the hardware and the limits that this process works
 * under. Left out is what changes on one machine: load, clocks and temperatures of the moment, settings such as the
 * governor, and software (driver, kernel, microcode), whose change is what one wants to compare on one machine.
 * Two machines with the same parts have the same identity; no serial number or UUID goes in.
 */
export function fingerprintMachine(report: MachineReport): Sha256 {
  const { cpu, memory, gpus, operatingSystem, virtualization } = report;
  const facts = {
    platform: operatingSystem.platform,
    arch: operatingSystem.arch,
    model: toValue(cpu.model),
    vendor: toValue(cpu.vendor),
    sockets: toValue(cpu.sockets),
    physicalCores: toValue(cpu.physicalCores),
    logicalCores: toValue(cpu.logicalCores),
    usableCpus: cpu.usable.status === 'present' ? cpu.usable.value.cpus : null,
    caches: toValue(cpu.caches),
    numaCpus: cpu.numaNodes.status === 'present' ? cpu.numaNodes.value.map((node) => node.cpus) : null,
    isa: Object.entries(cpu.isa).map(([flag, value]) => [flag, toValue(value)]),
    // Kernels keep different amounts for themselves, so the total moves by a few MiB between them.
    memoryGiB: memory.totalBytes.status === 'present' ? Math.round(memory.totalBytes.value / GIBIBYTE) : null,
    memoryLimitBytes: toValue(memory.limitBytes),
    virtualMachine:
      virtualization.virtualMachine.status === 'present' ? virtualization.virtualMachine.value.detected : null,
    gpus:
      gpus.status === 'present'
        ? gpus.value.map((gpu) => [gpu.vendor, gpu.name, toValue(gpu.memoryBytes), toValue(gpu.migEnabled)])
        : [],
  };
  return sha256Schema.parse(createHash('sha256').update(JSON.stringify(facts)).digest('hex'));
}

function toValue<T>(fact: Observed<T>): T | null {
  return fact.status === 'present' ? fact.value : null;
}
