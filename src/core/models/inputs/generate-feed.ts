import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { TensorPayload } from '../../../engine/protocol.ts';
import type { LoadedModel } from '../../onnx/read.ts';
import { modelInputs } from '../../onnx/inspect.ts';
import { generateInputs } from './generate-inputs.ts';
import { findInputHints } from './input-hints.ts';

export interface FeedOptions {
  /** Concrete dimensions by input name. */
  shapes: Readonly<Record<string, number[]>>;
  batch: number;
  /** For a file that is removed again. */
  temporaryFolder: string;
  signal?: AbortSignal;
}

/** Valid inputs for one execution of a model, the same each time. Throws INPUTS_INVALID for types without a generator. */
export async function generateFeed(loaded: LoadedModel, options: FeedOptions): Promise<Record<string, TensorPayload>> {
  const { shapes, batch, temporaryFolder, signal } = options;
  const target = path.join(temporaryFolder, `feed-${process.pid}-${randomBytes(4).toString('hex')}.bin`);
  try {
    const pool = await generateInputs({
      inputs: modelInputs(loaded).map(({ name, type }) => ({ name, type, dims: shapes[name] ?? [] })),
      batch,
      seed: 0,
      hints: findInputHints(loaded),
      distinct: batch,
      target,
      ...(signal ? { signal } : {}),
    });
    return await readFirstFeed(target, pool.tensors);
  } finally {
    await rm(target, { force: true });
  }
}

async function readFirstFeed(
  file: string,
  tensors: readonly { name: string; type: TensorPayload['type']; dims: number[]; byteLength: number }[],
): Promise<Record<string, TensorPayload>> {
  await using handle = await open(file);
  const feeds: Record<string, TensorPayload> = {};
  let position = 0;
  for (const { name, type, dims, byteLength } of tensors) {
    const data = new Uint8Array(byteLength);
    await handle.read(data, 0, byteLength, position);
    position += byteLength;
    feeds[name] = { type, dims, data };
  }
  return feeds;
}
