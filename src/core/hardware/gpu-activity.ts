import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { toNvmlReason } from './nvml.ts';
import type { Nvml, NvmlArgument } from './nvml.ts';

/** What NVML tells of a GPU at this moment, beside its clock and temperature (gpu-nvml.ts). */

/** nvmlClockType_t (nvml.h). */
const CLOCK_SM = 1;

/** Power of the board; on Ampere and newer the mean of the last second (NVML reference). */
export function readPowerW(nvml: Nvml, device: bigint): Observed<number> {
  return scaled(positive(readUnsigned(nvml, 'nvmlDeviceGetPowerUsage', device)), 1e-3);
}

/** Energy that the board has taken since the driver was loaded; from Volta on. */
export function readEnergyJ(nvml: Nvml, device: bigint): Observed<number> {
  return scaled(positive(readLong(nvml, 'nvmlDeviceGetTotalEnergyConsumption', device)), 1e-3);
}

/** Bits of what holds the clock down, see `throttleReasons`; 0: nothing does. */
export function readThrottleReasons(nvml: Nvml, device: bigint): Observed<number> {
  return readLong(nvml, 'nvmlDeviceGetCurrentClocksThrottleReasons', device);
}

/** Memory of the GPU that is taken, by whomever, with what the driver reserves. */
export function readMemoryUsedBytes(nvml: Nvml, device: bigint): Observed<number> {
  // nvmlMemory_t: total, free and used, 64 bits each.
  const out = Buffer.alloc(24);
  const status = nvml.call('nvmlDeviceGetMemoryInfo', device, out);
  return status === 0 ? present(Number(out.readBigUInt64LE(16))) : absent(toNvmlReason(status));
}

/** Share of the last sample period in which a kernel ran on the GPU, 0..1. */
export function readUtilization(nvml: Nvml, device: bigint): Observed<number> {
  // nvmlUtilization_t: percent of time for kernels and for memory, 32 bits each.
  const out = Buffer.alloc(8);
  const status = nvml.call('nvmlDeviceGetUtilizationRates', device, out);
  return status === 0 ? present(out.readUInt32LE(0) / 100) : absent(toNvmlReason(status));
}

/** Clock of the streaming multiprocessors that the GPU runs at when nothing sets or holds it; else its highest. */
export function readDefaultSmClockMHz(nvml: Nvml, device: bigint): Observed<number> {
  const usual = positive(readUnsigned(nvml, 'nvmlDeviceGetDefaultApplicationsClock', device, CLOCK_SM));
  return usual.status === 'present'
    ? usual
    : positive(readUnsigned(nvml, 'nvmlDeviceGetMaxClockInfo', device, CLOCK_SM));
}

/** A process that computes on a GPU. */
export interface GpuProcess {
  pid: number;
  /** null: the driver does not tell, as on Windows. */
  memoryBytes: number | null;
}

const mostProcesses = 256;
/** nvmlProcessInfo_t of version 2 and 3: pid (32 bits, padded), memory (64), two instance ids. */
const PROCESS_BYTES = 24;
const UNKNOWN_MEMORY = 2n ** 64n - 1n;

/** Every process with a compute context on the GPU, as far as this process may see them. */
export function readComputeProcesses(nvml: Nvml, device: bigint): Observed<GpuProcess[]> {
  const count = Buffer.alloc(4);
  const infos = Buffer.alloc(mostProcesses * PROCESS_BYTES);
  for (const symbol of ['nvmlDeviceGetComputeRunningProcesses_v3', 'nvmlDeviceGetComputeRunningProcesses_v2']) {
    count.writeUInt32LE(mostProcesses);
    const status = nvml.call(symbol, device, count, infos);
    if (status === null) continue;
    if (status !== 0) return absent(toNvmlReason(status));
    return present(
      Array.from({ length: Math.min(mostProcesses, count.readUInt32LE()) }, (_, index) => {
        const memory = infos.readBigUInt64LE(index * PROCESS_BYTES + 8);
        return {
          pid: infos.readUInt32LE(index * PROCESS_BYTES),
          memoryBytes: memory === UNKNOWN_MEMORY ? null : Number(memory),
        };
      }),
    );
  }
  return absent(toNvmlReason(null));
}

/** nvmlClocksEventReasons (nvml.h), named as nvidia-smi does. */
export const throttleReasons = [
  { mask: 0x1, name: 'idle' },
  { mask: 0x2, name: 'clocks set by the user' },
  { mask: 0x4, name: 'power limit' },
  { mask: 0x8, name: 'hardware slowdown' },
  { mask: 0x10, name: 'clocks of several GPUs in step' },
  { mask: 0x20, name: 'heat, by the driver' },
  { mask: 0x40, name: 'heat, by the hardware' },
  { mask: 0x80, name: 'power brake' },
  { mask: 0x100, name: 'clock of the display' },
] as const;

function readUnsigned(nvml: Nvml, symbol: string, ...args: NvmlArgument[]): Observed<number> {
  const out = Buffer.alloc(4);
  const status = nvml.call(symbol, ...args, out);
  return status === 0 ? present(out.readUInt32LE()) : absent(toNvmlReason(status));
}

function readLong(nvml: Nvml, symbol: string, device: bigint): Observed<number> {
  const out = Buffer.alloc(8);
  const status = nvml.call(symbol, device, out);
  return status === 0 ? present(Number(out.readBigUInt64LE())) : absent(toNvmlReason(status));
}

function positive(reading: Observed<number>): Observed<number> {
  return reading.status === 'present' && reading.value === 0
    ? absent('NVML answers 0, which means that it is not known')
    : reading;
}

function scaled(reading: Observed<number>, factor: number): Observed<number> {
  return reading.status === 'present' ? present(reading.value * factor) : reading;
}
