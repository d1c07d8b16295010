import { readdirSync } from 'node:fs';
import { absent, present, type Observed } from '../../shared/domain/provenance.ts';

/** GNU's and musl's names of the C library. */
const libraries = ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`];
/** Bytes of a mask: 1,024 processors, as many as the C library's own. */
const maskBytes = 128;

/**
 * Confines a process of this user to logical processors: every thread that it has, and those that it starts later. Done
 * on Linux; absent elsewhere, where the options of a session can pin only the threads that ONNX Runtime starts.
 */
export async function pinProcess(pid: number, processors: readonly number[]): Promise<Observed<true>> {
  if (process.platform !== 'linux')
    return absent(`whole processes are not confined to processors on ${process.platform}`);
  if (processors.length === 0) return absent('no processors were set apart');
  try {
    const setAffinity = await bindSetAffinity();
    const mask = toMask(processors);
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      if (setAffinity(Number(thread), maskBytes, mask) !== 0) {
        return absent('this system refused to confine a process to processors');
      }
    }
    return present(true);
  } catch (error) {
    return absent(
      `processes cannot be confined to processors here (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

type SetAffinity = (thread: number, bytes: number, mask: Buffer) => number;

async function bindSetAffinity(): Promise<SetAffinity> {
  const { default: koffi } = await import('koffi');
  let lastError: unknown;
  for (const name of libraries) {
    try {
      return koffi.load(name).func('sched_setaffinity', 'int', ['int', 'size_t', 'void *']);
    } catch (error) {
      lastError = error;
    }
  }
  throw lastError;
}

function toMask(processors: readonly number[]): Buffer {
  const mask = Buffer.alloc(maskBytes);
  for (const processor of processors) {
    const byte = processor >> 3;
    if (byte >= maskBytes) throw new Error(`processor ${processor} is beyond the mask`);
    mask[byte] = mask[byte]! | (1 << (processor & 7));
  }
  return mask;
}
