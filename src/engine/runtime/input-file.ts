import { readFileSync } from 'node:fs';
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
  const feedBytes = file.tensors.reduce((sum, tensor) => sum + tensor.byteLength, 0);
  if (bytes.byteLength !== feedBytes * file.feeds) {
    throw new Error(`Input file holds ${bytes.byteLength} bytes where ${feedBytes * file.feeds} were described`);
  }
  let offset = 0;
  return Array.from({ length: file.feeds }, () => {
    const feeds: Feeds = {};
    for (const tensor of file.tensors) {
      feeds[tensor.name] = toTensor(tensor.type, tensor.dims, bytes.subarray(offset, offset + tensor.byteLength));
      offset += tensor.byteLength;
    }
    return feeds;
  });
}
