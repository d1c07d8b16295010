import type { ProfileResult, SessionConfig } from '../../../engine/protocol.ts';
import { InferometerError } from '../../../shared/errors.ts';
import type { SpawnEngine } from '../../engine-client/engine-process.ts';
import type { InputPool } from '../../models/inputs/generate-inputs.ts';
import type { GraphProto } from '../../onnx/gen/onnx_pb.js';
import { runPass } from '../../profile/run-pass.ts';

export interface ProfileModelOptions {
  spawn: SpawnEngine;
  /** The session as it is compared; its speed here means nothing. */
  session: SessionConfig;
  pool: InputPool;
  /** For the profile and the optimized graph with its weights, while this lasts. */
  temporaryFolder: string;
  memoryLimitBytes?: number | undefined;
  signal?: AbortSignal;
}

export interface ModelProfile {
  profile: ProfileResult;
  /** What ONNX Runtime made of the model for this provider, without weights; null where it cannot be written. */
  graph: GraphProto | null;
}

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

async function profileOnce({ pool, ...options }: ProfileModelOptions, withGraph: boolean): Promise<ModelProfile> {
  const { result, graph } = await runPass({ ...options, inputs: pool }, { withProfiler: true, withGraph });
  return { profile: result, graph };
}
