import type { ProfileResult, SessionConfig } from '../../../engine/protocol.ts';
import { InferometerError } from '../../../shared/errors.ts';
import { runOnce } from '../../engine-client/evaluate.ts';
import type { SpawnEngine } from '../../engine-client/engine-process.ts';
import { toEngineError } from '../../engine-client/explain-failure.ts';
import type { InputPool } from '../../models/inputs/generate-inputs.ts';
import type { GraphProto } from '../../onnx/gen/onnx_pb.js';
import { readModel } from '../../onnx/read.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

export interface ProfileModelOptions {
  spawn: SpawnEngine;
  /** The session as it is compared; its speed here means nothing. */
  session: SessionConfig;
  pool: InputPool;
  /** For the profile and the optimized graph with its weights, while this lasts. */
  temporaryFolder: string;
  signal?: AbortSignal;
}

export interface ModelProfile {
  profile: ProfileResult;
  /** What ONNX Runtime made of the model for this provider, without weights; null where it cannot be written. */
  graph: GraphProto | null;
}

/** Enough for shares of time: at least three runs, at most 30, as many as fit into two seconds. */
export const profileLimits = { feeds: 4, maxRuns: 30, maxS: 2 };

/**
 * Profiles a model in an engine of its own. A provider that compiles parts of the graph cannot write it, and is then
 * profiled without. Throws what `toEngineError` makes of a failure, CANCELLED, STORAGE_FULL and STORAGE_UNUSABLE.
 */
export async function profileModel(options: ProfileModelOptions): Promise<ModelProfile> {
  try {
    return await profileOnce(options, true);
  } catch (error) {
    // The error of the second attempt is the one to tell: it is about the model and not about the graph.
    if (!(error instanceof InferometerError) || error.code === 'CANCELLED') throw error;
    return profileOnce(options, false);
  }
}

async function profileOnce(
  { spawn, session, pool, temporaryFolder, signal }: ProfileModelOptions,
  withGraph: boolean,
): Promise<ModelProfile> {
  await using folder = await createTemporaryFolder(temporaryFolder, 'profile');
  const inputs = { path: pool.path, feeds: pool.feeds, tensors: pool.tensors };
  const task = { kind: 'profile' as const, session, inputs, ...profileLimits, folder: folder.path, withGraph };
  const profile = await runOnce(spawn, task, signal ? { signal } : {});
  if (signal?.aborted) throw toEngineError({ state: 'cancelled', stage: 'measured' });
  return { profile, graph: profile.graphPath === null ? null : (await readModel(profile.graphPath)).graph };
}
