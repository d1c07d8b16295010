import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Tensor } from 'onnxruntime-node';
import type { InputFile } from '../protocol.ts';
import { toTensor } from './tensors.ts';

export type Feeds = Record<string, Tensor>;

/**
 * Reads every feed of a raw input file. Tensors are views into one buffer, so nothing is copied per inference.
 * @throws Error when the file is not exactly as long as its description says.
 */
export function readInputFile(file: InputFile): Feeds[] {
  const bytes = readFileSync(file.path);
  const feedBytes = checkLength(file, bytes.byteLength);
  return Array.from({ length: file.feeds }, (_, feed) =>
    toFeeds(file, bytes.subarray(feed * feedBytes, (feed + 1) * feedBytes)),
  );
}

/** A raw input file whose feeds are read one at a time, each into memory of its own. */
export interface OpenInputFile extends Disposable {
  read(feed: number): Feeds;
}

/** @throws Error when the file is not exactly as long as its description says. */
export function openInputFile(file: InputFile): OpenInputFile {
  const descriptor = openSync(file.path, 'r');
  const close = () => {
    closeSync(descriptor);
  };
  try {
    const feedBytes = checkLength(file, fstatSync(descriptor).size);
    return {
      read(feed) {
        const bytes = new Uint8Array(feedBytes);
        for (let filled = 0; filled < feedBytes;) {
          const count = readSync(descriptor, bytes, filled, feedBytes - filled, feed * feedBytes + filled);
          if (count === 0) throw new Error('The input file became shorter while it was read');
          filled += count;
        }
        return toFeeds(file, bytes);
      },
      [Symbol.dispose]: close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Bytes of one feed. */
function checkLength(file: InputFile, byteLength: number): number {
  const feedBytes = file.tensors.reduce((sum, tensor) => sum + tensor.byteLength, 0);
  if (byteLength === feedBytes * file.feeds) return feedBytes;
  throw new Error(`Input file holds ${byteLength} bytes where ${feedBytes * file.feeds} were described`);
}

function toFeeds(file: InputFile, bytes: Uint8Array): Feeds {
  const feeds: Feeds = {};
  let offset = 0;
  for (const tensor of file.tensors) {
    feeds[tensor.name] = toTensor(tensor.type, tensor.dims, bytes.subarray(offset, offset + tensor.byteLength));
    offset += tensor.byteLength;
  }
  return feeds;
}
