import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { sha256Schema } from '../../../shared/domain/ids.ts';
import type { InputPool } from '../../models/inputs/generate-inputs.ts';
import { createOutputFile } from '../../onnx/output-file.ts';

export interface SubsetOptions {
  /** Feeds to take, evenly spaced. */
  feeds: number;
  /** Samples of one feed. */
  batch: number;
  labels: Int32Array | null;
  target: string;
}

/** Writes a pool with some of the feeds of another, and their labels. */
export async function subsetPool(
  pool: InputPool,
  { feeds, batch, labels, target }: SubsetOptions,
): Promise<{ pool: InputPool; labels: Int32Array | null }> {
  const feedBytes = pool.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const chosen = Array.from({ length: feeds }, (_, nth) => Math.floor((nth * pool.feeds) / feeds));
  const hash = createHash('sha256');
  await using source = await open(pool.path);
  await using file = await createOutputFile(target, hash);
  for (const feed of chosen) {
    const bytes = new Uint8Array(feedBytes);
    for (let read = 0; read < feedBytes;) {
      const { bytesRead } = await source.read(bytes, read, feedBytes - read, feed * feedBytes + read);
      if (bytesRead === 0) throw new Error(`${pool.path} is shorter than it was written.`);
      read += bytesRead;
    }
    await file.write(bytes);
  }
  await file.finish();
  await file.commit();
  const sha256 = sha256Schema.parse(hash.digest('hex'));
  return {
    pool: { ...pool, path: target, sha256, feeds, distinctSamples: feeds * batch },
    labels: labels && Int32Array.from(chosen.flatMap((feed) => [...labels.subarray(feed * batch, (feed + 1) * batch)])),
  };
}
