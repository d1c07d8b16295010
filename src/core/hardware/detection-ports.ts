import { execFile } from 'node:child_process';
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

/** A program that answers slower than this has hung, and detection should not hang with it. */
const PROGRAM_TIMEOUT_MS = 3000;
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
    listAdapters: listAdapters,
    node: {
      parallelism: availableParallelism(),
      totalMemoryBytes: totalmem(),
      freeMemoryBytes: freemem(),
      availableMemoryBytes: process.availableMemory(),
      systemVersion: version(),
      kernelRelease: release(),
    },
    libraryCpu: async () => present(await (await loadLibrary()).cpu()),
    libraryIsVirtual: async () => {
      const system = await (await loadLibrary()).system();
      return present({ detected: system.virtual, name: toText(system.virtualHost) });
    },
    libraryPowerSource: async () => {
      const battery = await (await loadLibrary()).battery();
      if (!battery.hasBattery) return absent('this machine has no battery');
      return present(battery.acConnected ? 'mains' : 'battery');
    },
    windowsFeature: bindWindowsFeature,
    loadSampler: createLoadSampler(),
    loadWindowMs: LOAD_WINDOW_MS,
    now: () => new Date(),
  };
}

function runProgram(command: string, args: string[]): Promise<Observed<string>> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: PROGRAM_TIMEOUT_MS, windowsHide: true, maxBuffer: 2 ** 22 }, (error, stdout) => {
      if (error === null) resolve(present(stdout));
      else if (error.code === 'ENOENT') resolve(absent(`${command} is not installed`));
      else if (error.killed) resolve(absent(`${command} did not answer within ${PROGRAM_TIMEOUT_MS / 1000} s`));
      else resolve(absent(`${command} failed: ${error.message.split('\n').slice(0, 2).join(' ')}`));
    });
  });
}

/** Loaded late: most systems never need it, and the command line should start fast. */
async function loadLibrary() {
  const { default: library } = await import('systeminformation');
  return library;
}

/** The library writes an empty text for what it does not know. */
function toText(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

const MEBIBYTE = 1024 ** 2;

async function listAdapters(): Promise<ReportedAdapter[]> {
  const { controllers } = await (await loadLibrary()).graphics();
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
