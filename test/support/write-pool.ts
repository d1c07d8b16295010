import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { sha256Schema } from '../../src/shared/domain/ids.ts';
import type { InputPool } from '../../src/core/models/inputs/generate-inputs.ts';

/** An input pool of one float32 input with the samples that are given, one after another. */
export async function writePool(
  target: string,
  { name, dims, values }: { name: string; dims: readonly number[]; values: Float32Array },
  batch: number,
): Promise<InputPool> {
  const size = dims.reduce((product, dim) => product * dim, 1);
  const samples = values.length / size;
  const feeds = Math.ceil(samples / batch);
  const padded = new Float32Array(feeds * batch * size);
  padded.set(values);
  const bytes = new Uint8Array(padded.buffer);
  await writeFile(target, bytes);
  return {
    path: target,
    sha256: sha256Schema.parse(createHash('sha256').update(bytes).digest('hex')),
    feeds,
    tensors: [{ name, type: 'float32', dims: [batch, ...dims], byteLength: batch * size * 4 }],
    distinctSamples: samples,
    source: 'files',
    seed: null,
    remarks: [],
  };
}
