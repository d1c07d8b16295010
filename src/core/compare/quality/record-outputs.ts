import { open } from 'node:fs/promises';
import path from 'node:path';
import type { TensorPayload } from '../../../engine/protocol.ts';
import type { ElementType } from '../../../shared/domain/model.ts';
import { withFileFailures } from '../../onnx/output-file.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { runPool, type PoolRun, type RunPoolOptions } from './run-pool.ts';

/** Outputs of one model over a pool, in a file, so that any number of others can be compared with them. */
export interface RecordedOutputs extends AsyncDisposable, PoolRun {
  /** Names of the outputs, in the order of the model. */
  names: readonly string[];
  /** True where outputs of the last feeds were left out because of their size. */
  cut: boolean;
  read(feed: number): Promise<Record<string, TensorPayload>>;
}

export interface RecordOptions extends Omit<RunPoolOptions, 'onOutputs'> {
  /** Folder for the file, which is deleted with the record. */
  temporaryFolder: string;
  /** Largest file; at least one feed is always kept. 2 GiB unless given. */
  maxBytes?: number;
  /** Called with the feeds that are done. */
  onProgress?: (feeds: number) => void;
}

interface Entry {
  name: string;
  type: ElementType;
  dims: readonly number[];
  offset: number;
  byteLength: number;
}

/** Runs a model over a pool and keeps its outputs. Throws what `runPool` throws, STORAGE_FULL and STORAGE_UNUSABLE. */
export async function recordOutputs({
  temporaryFolder,
  maxBytes = 2 ** 31,
  onProgress,
  ...options
}: RecordOptions): Promise<RecordedOutputs> {
  const folder = await createTemporaryFolder(temporaryFolder, 'outputs');
  const file = path.join(folder.path, 'outputs.bin');
  const handle = await withFileFailures(file, open(file, 'wx+'));
  const dispose = async () => {
    await handle.close();
    await folder[Symbol.asyncDispose]();
  };
  const feeds: Entry[][] = [];
  let size = 0;
  let cut = false;
  try {
    const run = await runPool({
      ...options,
      async onOutputs(feed, outputs) {
        const bytes = Object.values(outputs).reduce((sum, { data }) => sum + data.byteLength, 0);
        if (feed > 0 && size + bytes > maxBytes) {
          cut = true;
          return false;
        }
        const entries: Entry[] = [];
        for (const [name, { type, dims, data }] of Object.entries(outputs)) {
          const { byteLength } = data;
          entries.push({ name, type, dims, offset: size, byteLength });
          await withFileFailures(file, writeAt(handle, data, size));
          size += byteLength;
        }
        feeds.push(entries);
        onProgress?.(feeds.length);
        return true;
      },
    });
    return {
      ...run,
      feeds: feeds.length,
      names: (feeds[0] ?? []).map(({ name }) => name),
      cut,
      async read(feed) {
        const outputs: Record<string, TensorPayload> = {};
        for (const { name, type, dims, offset, byteLength } of feeds[feed] ?? []) {
          const data = new Uint8Array(byteLength);
          await readAt(handle, data, offset);
          outputs[name] = { type, dims, data };
        }
        return outputs;
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

type Handle = Awaited<ReturnType<typeof open>>;

async function writeAt(handle: Handle, data: ArrayBufferView, position: number): Promise<void> {
  for (let written = 0; written < data.byteLength;) {
    const rest = new Uint8Array(data.buffer, data.byteOffset + written, data.byteLength - written);
    written += (await handle.write(rest, 0, rest.byteLength, position + written)).bytesWritten;
  }
}

async function readAt(handle: Handle, target: Uint8Array, position: number): Promise<void> {
  for (let filled = 0; filled < target.byteLength;) {
    const { bytesRead } = await handle.read(target, filled, target.byteLength - filled, position + filled);
    if (bytesRead === 0) throw new Error('Recorded outputs are shorter than they were written.');
    filled += bytesRead;
  }
}
