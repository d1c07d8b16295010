import { readdirSync, readFileSync } from 'node:fs';

/**
 * Largest resident size of this process so far, bytes. Not from getrusage on Linux: its maximum is inherited from the
 * process that forked this one, so a large core would be reported as the engine's peak.
 */
export function peakResidentBytes(): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readProc('status') ?? '')?.[1];
  return kibibytes === undefined ? process.resourceUsage().maxRSS * 1024 : Number(kibibytes) * 1024;
}

/** Threads of this process now; null where the system does not tell. */
export function countThreads(): number | null {
  try {
    return readdirSync('/proc/self/task').length;
  } catch {
    return null;
  }
}

/** Threads that compute: what was asked for, or what the session started besides the calling thread. */
export function intraOpThreads(asked: number, before: number | null, after: number | null): number | null {
  if (asked > 0) return asked;
  return before === null || after === null ? null : 1 + after - before;
}

/** File names of the GPU libraries that are loaded, which carry their versions (libcudnn.so.9.5.1); [] elsewhere. */
export function loadedGpuLibraries(maps: string | null = readProc('maps')): string[] {
  const names =
    (maps ?? '').match(
      /\/(lib(?:cudart|cublas|cublasLt|cudnn|nvinfer|cuda|onnxruntime_providers|vulkan|vk_|GLX_nvidia)[^\s/]*)$/gm,
    ) ?? [];
  return [...new Set(names.map((name) => name.slice(1)))].toSorted();
}

function readProc(file: string): string | null {
  try {
    return readFileSync(`/proc/self/${file}`, 'utf8');
  } catch {
    return null;
  }
}
