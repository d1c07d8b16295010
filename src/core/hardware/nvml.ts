import type { LibraryHandle } from 'koffi';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';

/** A parameter of an NVML function: a number by value, a device handle, or memory that NVML writes to. */
export type NvmlArgument = number | bigint | Buffer;

/**
 * NVIDIA's management library, opened and initialised. Every function of it that is used here returns a status and
 * takes numbers, handles and memory, so that one call shape is enough.
 */
export interface Nvml {
  /** Status of the call (0 is success), or null where this driver's library has no such function. */
  call(symbol: string, ...args: NvmlArgument[]): number | null;
  /** Ends the use of the library. Call it once. */
  close(): void;
}

const LIBRARIES: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['libnvidia-ml.so.1', '/usr/lib/wsl/lib/libnvidia-ml.so.1'],
  win32: ['nvml.dll', 'C:\\Program Files\\NVIDIA Corporation\\NVSMI\\nvml.dll'],
};

const DRIVER_REMEDY = 'Install the NVIDIA driver; in a container, start it with the NVIDIA container runtime.';

/** Loads NVML at run time; absent with the reason where there is no NVIDIA driver to talk to. */
export async function openNvml(
  platform: NodeJS.Platform = process.platform,
  libraries: string[] = LIBRARIES[platform] ?? [],
): Promise<Observed<Nvml>> {
  if (libraries.length === 0) return absent(`NVIDIA publishes no management library for ${platform}`);
  let lastError = '';
  for (const name of libraries) {
    try {
      const { default: koffi } = await import('koffi');
      const nvml = bindNvml(koffi.load(name));
      const status = nvml.call('nvmlInit_v2');
      if (status === 0) return present(nvml);
      return absent(`NVML does not start: ${toNvmlReason(status)}`, DRIVER_REMEDY);
    } catch (error) {
      lastError = error instanceof Error ? error.message : String(error);
    }
  }
  return absent(`the NVIDIA management library could not be loaded (${firstLine(lastError)})`, DRIVER_REMEDY);
}

type ForeignFunction = (...args: NvmlArgument[]) => number;

function bindNvml(library: LibraryHandle): Nvml {
  const bound = new Map<string, ForeignFunction | null>();
  const bind = (symbol: string, args: NvmlArgument[]): ForeignFunction | null => {
    try {
      return library.func(symbol, 'int', args.map(toForeignType));
    } catch {
      return null;
    }
  };
  const call = (symbol: string, ...args: NvmlArgument[]): number | null => {
    const known = bound.get(symbol);
    const fn = known === undefined ? bind(symbol, args) : known;
    bound.set(symbol, fn);
    return fn === null ? null : fn(...args);
  };
  // The library stays loaded: drivers leave threads behind that would run in unloaded code.
  return { call, close: () => void call('nvmlShutdown') };
}

function toForeignType(argument: NvmlArgument): string {
  if (typeof argument === 'number') return 'unsigned int';
  return typeof argument === 'bigint' ? 'uintptr_t' : 'void *';
}

/** nvmlReturn_t values (nvml.h) that a user can meet. */
const STATUS_REASONS: Record<number, string> = {
  1: 'the library is not initialised',
  3: 'this GPU or driver does not support it',
  4: 'this process may not read it',
  6: 'there is no such device',
  9: 'the NVIDIA driver is not loaded',
  12: 'the NVIDIA driver library was not found',
  13: 'the driver has no such function',
  15: 'the GPU has fallen off the bus',
  16: 'the GPU needs a reset',
  18: 'the driver and its library have different versions; a restart is due',
};

/** What an NVML status means, in words. */
export function toNvmlReason(status: number | null): string {
  if (status === null) return 'the driver has no such function';
  return STATUS_REASONS[status] ?? `NVML status ${status}`;
}

function firstLine(message: string): string {
  const line = message.split('\n')[0]?.trim() ?? '';
  return line === '' ? 'no reason given' : line;
}
