import type * as systeminformation from 'systeminformation';
import { availableParallelism, freemem, release, totalmem, version } from 'node:os';
import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import type { LibraryCpu } from './cpu-portable.ts';
import type { ReportedAdapter } from './display-adapters.ts';
import { createSystemFiles } from './files.ts';
import type { GpuPorts } from './gpus.ts';
import { createLoadSampler } from './load-sampler.ts';
import type { LoadSampler } from './load-sampler.ts';
import { openNvml } from './nvml.ts';
import { runProgram } from './run-program.ts';

/** Everything that detection asks of the machine, so that a test can be another machine. */
export interface DetectionPorts extends GpuPorts {
  arch: string;
  environment: Record<string, string | undefined>;
  /** What Node itself knows; used where there is no better source. */
  node: {
    parallelism: number;
    totalMemoryBytes: number;
    freeMemoryBytes: number;
    availableMemoryBytes: number;
    systemVersion: string;
    kernelRelease: string;
  };
  libraryCpu: () => Promise<Observed<LibraryCpu>>;
  libraryIsVirtual: () => Promise<Observed<{ detected: boolean; name: string | null }>>;
  libraryPowerSource: () => Promise<Observed<'mains' | 'battery'>>;
  /** IsProcessorFeaturePresent of Windows. */
  windowsFeature: () => Promise<Observed<(feature: number) => boolean>>;
  loadSampler: LoadSampler;
  loadWindowMs: number;
  now: () => Date;
}

/** Short enough not to be waited for, long enough for 30 ticks of each cpu. */
const LOAD_WINDOW_MS = 300;

/** This machine. */
export function createDetectionPorts(): DetectionPorts {
  return {
    platform: process.platform,
    arch: process.arch,
    environment: process.env,
    files: createSystemFiles(),
    openNvml: () => openNvml(),
    run: runProgram,
    listAdapters,
    node: {
      parallelism: availableParallelism(),
      totalMemoryBytes: totalmem(),
      freeMemoryBytes: freemem(),
      availableMemoryBytes: process.availableMemory(),
      systemVersion: version(),
      kernelRelease: release(),
    },
    libraryCpu: () => askLibrary(async (library) => present(await library.cpu())),
    libraryIsVirtual: () =>
      askLibrary(async (library) => {
        const system = await library.system();
        return present({ detected: system.virtual, name: toText(system.virtualHost) });
      }),
    libraryPowerSource: () =>
      askLibrary(async (library) => {
        const battery = await library.battery();
        if (!battery.hasBattery) return absent('this machine has no battery');
        return present(battery.acConnected ? 'mains' : 'battery');
      }),
    windowsFeature: bindWindowsFeature,
    loadSampler: createLoadSampler(),
    loadWindowMs: LOAD_WINDOW_MS,
    now: () => new Date(),
  };
}

type Library = Pick<typeof systeminformation, 'cpu' | 'system' | 'battery' | 'graphics'>;

/**
 * Asks systeminformation, loaded late: most systems never need it, and the command line should start fast. It runs
 * programs of the system and reads their texts; whatever goes wrong there is a fact not told, not a failure.
 */
async function askLibrary<T>(ask: (library: Library) => Promise<Observed<T>>): Promise<Observed<T>> {
  try {
    const { default: library } = await import('systeminformation');
    return await ask(library);
  } catch (error) {
    return absent(`the system did not answer (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** The library writes an empty text for what it does not know. */
function toText(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

const MEBIBYTE = 1024 ** 2;

async function listAdapters(): Promise<ReportedAdapter[]> {
  const graphics = await askLibrary(async (library) => present(await library.graphics()));
  const controllers = graphics.status === 'present' ? graphics.value.controllers : [];
  return controllers
    .filter((controller) => controller.model !== '')
    .map((controller) => ({
      name: controller.model,
      vendor: toText(controller.vendor),
      memoryBytes: controller.vram ? controller.vram * MEBIBYTE : null,
      driverVersion: toText(controller.driverVersion),
      cores: Number(controller.cores) || null,
      busAddress: toText(controller.busAddress),
    }));
}

async function bindWindowsFeature(): Promise<Observed<(feature: number) => boolean>> {
  if (process.platform !== 'win32') return absent('only Windows has this function');
  try {
    const { default: koffi } = await import('koffi');
    const isPresent: (feature: number) => number = koffi
      .load('kernel32.dll')
      .func('IsProcessorFeaturePresent', 'int', ['uint32']);
    return present((feature) => isPresent(feature) !== 0);
  } catch (error) {
    return absent(`kernel32.dll could not be called (${error instanceof Error ? error.message : String(error)})`);
  }
}
