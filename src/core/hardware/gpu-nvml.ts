import type { Gpu } from '../../shared/domain/machine.ts';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { matchGpu } from './gpu-match.ts';
import { toNvmlReason } from './nvml.ts';
import type { Nvml, NvmlArgument } from './nvml.ts';

/** nvmlClockType_t and nvmlTemperatureSensors_t (nvml.h). */
const CLOCK_SM = 1;
const CLOCK_MEMORY = 2;
const SENSOR_GPU = 0;
const noGpuShown = absent(
  'the NVIDIA driver runs but shows no GPU to this process',
  'Give the container or the user access to a GPU.',
);
/** Large enough for every text of NVML (the longest buffer of nvml.h is 96 bytes). */
const TEXT_BYTES = 128;

/** Every NVIDIA GPU that NVML shows to this process. */
export function readNvmlGpus(nvml: Nvml): Observed<Gpu[]> {
  const count = readUnsigned(nvml, 'nvmlDeviceGetCount_v2');
  if (count.status === 'absent') return count;
  const driverVersion = readText(nvml, 'nvmlSystemGetDriverVersion');
  const cudaDriverVersion = readCudaVersion(nvml);
  const gpus: Gpu[] = [];
  for (let index = 0; index < count.value; index++) {
    const handle = Buffer.alloc(8);
    // A device that this process may not open (another container's) is left out, as nvidia-smi does.
    if (nvml.call('nvmlDeviceGetHandleByIndex_v2', index, handle) !== 0) continue;
    gpus.push({ ...readDevice(nvml, handle.readBigUInt64LE(), index), driverVersion, cudaDriverVersion });
  }
  return gpus.length > 0 ? present(gpus) : noGpuShown;
}

/** Clock of the streaming multiprocessors at this moment. */
export function readSmClockMHz(nvml: Nvml, device: bigint): Observed<number> {
  return readPositive(nvml, 'nvmlDeviceGetClockInfo', device, CLOCK_SM);
}

/** Temperature of the chip at this moment. */
export function readGpuTemperatureC(nvml: Nvml, device: bigint): Observed<number> {
  return readPositive(nvml, 'nvmlDeviceGetTemperature', device, SENSOR_GPU);
}

/**
 * The GPU that a provider takes for its first: the only one there is, or the one that CUDA_VISIBLE_DEVICES names by its
 * UUID. Numbers do not help, because CUDA counts the fastest first and NVML counts along the bus.
 */
export function findNvmlDevice(nvml: Nvml, visible: string | undefined): Observed<{ name: string; handle: bigint }> {
  const count = readUnsigned(nvml, 'nvmlDeviceGetCount_v2');
  if (count.status === 'absent') return count;
  if (count.value === 0) return noGpuShown;
  const uuid = /^\s*((?:GPU|MIG)-[\w/-]+)/.exec(visible ?? '')?.[1];
  if (uuid === undefined && count.value !== 1) {
    return absent(
      `the NVIDIA driver shows ${count.value} GPUs, and nothing tells which of them is used`,
      'Name one by its UUID in CUDA_VISIBLE_DEVICES, as nvidia-smi -L lists them.',
    );
  }
  const handle = Buffer.alloc(8);
  const status =
    uuid === undefined
      ? nvml.call('nvmlDeviceGetHandleByIndex_v2', 0, handle)
      : nvml.call('nvmlDeviceGetHandleByUUID', Buffer.from(`${uuid}\0`, 'latin1'), handle);
  if (status !== 0) return absent(toNvmlReason(status));
  const device = handle.readBigUInt64LE();
  const name = readText(nvml, 'nvmlDeviceGetName', device);
  return present({ name: name.status === 'present' ? name.value : 'NVIDIA GPU', handle: device });
}

function readDevice(nvml: Nvml, device: bigint, index: number): Omit<Gpu, 'driverVersion' | 'cudaDriverVersion'> {
  const memory = readMemory(nvml, device);
  const name = readText(nvml, 'nvmlDeviceGetName', device);
  const milliwatts = (reading: Observed<number>) => scale(reading, 0.001);
  return {
    index,
    vendor: 'NVIDIA',
    name: name.status === 'present' ? name.value : 'NVIDIA GPU without a name',
    source: 'nvml',
    uuid: readText(nvml, 'nvmlDeviceGetUUID', device),
    memoryBytes: memory.total,
    memoryUsedBytes: memory.used,
    vbios: readText(nvml, 'nvmlDeviceGetVbiosVersion', device),
    smClock: readClock(nvml, device, CLOCK_SM),
    memoryClock: readClock(nvml, device, CLOCK_MEMORY),
    temperatureC: readUnsigned(nvml, 'nvmlDeviceGetTemperature', device, SENSOR_GPU),
    powerLimitW: milliwatts(readPositive(nvml, 'nvmlDeviceGetPowerManagementLimit', device)),
    powerLimitMaxW: milliwatts(readPair(nvml, 'nvmlDeviceGetPowerManagementLimitConstraints', device).second),
    migEnabled: toBoolean(readPair(nvml, 'nvmlDeviceGetMigMode', device).first),
    eccEnabled: toBoolean(readPair(nvml, 'nvmlDeviceGetEccMode', device).first),
    pcieGeneration: {
      current: readPositive(nvml, 'nvmlDeviceGetCurrPcieLinkGeneration', device),
      max: readPositive(nvml, 'nvmlDeviceGetMaxPcieLinkGeneration', device),
    },
    pcieWidth: {
      current: readPositive(nvml, 'nvmlDeviceGetCurrPcieLinkWidth', device),
      max: readPositive(nvml, 'nvmlDeviceGetMaxPcieLinkWidth', device),
    },
    catalogueIds: name.status === 'present' ? matchGpu(name.value, memory.total) : name,
  };
}

/** Calls a function whose last parameter is one unsigned integer to fill. */
function readUnsigned(nvml: Nvml, symbol: string, ...args: NvmlArgument[]): Observed<number> {
  const out = Buffer.alloc(4);
  const status = nvml.call(symbol, ...args, out);
  return status === 0 ? present(out.readUInt32LE()) : absent(toNvmlReason(status));
}

function readPositive(nvml: Nvml, symbol: string, ...args: NvmlArgument[]): Observed<number> {
  const reading = readUnsigned(nvml, symbol, ...args);
  return reading.status === 'present' && reading.value === 0
    ? absent('NVML answers 0, which means that it is not known')
    : reading;
}

/** Calls a function that fills two unsigned integers. */
function readPair(nvml: Nvml, symbol: string, device: bigint): { first: Observed<number>; second: Observed<number> } {
  const first = Buffer.alloc(4);
  const second = Buffer.alloc(4);
  const status = nvml.call(symbol, device, first, second);
  if (status === 0) return { first: present(first.readUInt32LE()), second: present(second.readUInt32LE()) };
  const missing = absent(toNvmlReason(status));
  return { first: missing, second: missing };
}

function readText(nvml: Nvml, symbol: string, ...args: NvmlArgument[]): Observed<string> {
  const out = Buffer.alloc(TEXT_BYTES);
  const status = nvml.call(symbol, ...args, out, TEXT_BYTES);
  if (status !== 0) return absent(toNvmlReason(status));
  const text = out.toString('latin1', 0, out.indexOf(0)).trim();
  return text === '' ? absent('NVML answers with an empty text') : present(text);
}

/** nvmlMemory_t: total, free and used, 64 bits each. */
function readMemory(nvml: Nvml, device: bigint): { total: Observed<number>; used: Observed<number> } {
  const out = Buffer.alloc(24);
  const status = nvml.call('nvmlDeviceGetMemoryInfo', device, out);
  const total = Number(out.readBigUInt64LE(0));
  if (status === 0 && total > 0) return { total: present(total), used: present(Number(out.readBigUInt64LE(16))) };
  const missing = absent(status === 0 ? 'the GPU has no memory of its own' : toNvmlReason(status));
  return { total: missing, used: missing };
}

function readClock(nvml: Nvml, device: bigint, clock: number): Gpu['smClock'] {
  return {
    currentMHz: readUnsigned(nvml, 'nvmlDeviceGetClockInfo', device, clock),
    maxMHz: readPositive(nvml, 'nvmlDeviceGetMaxClockInfo', device, clock),
  };
}

/** 12080 stands for CUDA 12.8. */
function readCudaVersion(nvml: Nvml): Observed<string> {
  const version = readPositive(nvml, 'nvmlSystemGetCudaDriverVersion_v2');
  if (version.status === 'absent') return version;
  return present(`${Math.floor(version.value / 1000)}.${Math.floor((version.value % 1000) / 10)}`);
}

function scale(reading: Observed<number>, factor: number): Observed<number> {
  if (reading.status === 'absent') return reading;
  return reading.value > 0
    ? present(reading.value * factor)
    : absent('NVML answers 0, which means that it is not known');
}

function toBoolean(reading: Observed<number>): Observed<boolean> {
  return reading.status === 'absent' ? reading : present(reading.value !== 0);
}
