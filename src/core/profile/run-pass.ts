import type { EngineVersions, ProfileResult, ProfileTask, SessionConfig } from '../../engine/protocol.ts';
import type { GraphProto } from '../onnx/gen/onnx_pb.js';
import { createTemporaryFolder } from '../compare/temporary-folder.ts';
import { requireEngine } from '../engine-client/evaluate.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import { toEngineError } from '../engine-client/explain-failure.ts';
import type { InputPool } from '../models/inputs/generate-inputs.ts';
import { readModel } from '../onnx/read.ts';

/** Enough for shares of time: at least three runs, at most 30, as many as fit into two seconds. */
export const passLimits = { feeds: 4, maxRuns: 30, maxS: 2 };

export interface PassOptions {
  spawn: SpawnEngine;
  session: SessionConfig;
  inputs: InputPool;
  temporaryFolder: string;
  memoryLimitBytes?: number | undefined;
  signal?: AbortSignal;
}

/** One pass, with the optimized graph where it was asked for. */
export interface Pass {
  result: ProfileResult;
  versions: EngineVersions;
  graph: GraphProto | null;
}

/**
 * Runs the inputs in a fresh engine, with the profiler or without. Throws what `toEngineError` makes of a failure,
 * CANCELLED, STORAGE_FULL and STORAGE_UNUSABLE.
 */
export async function runPass(
  { spawn, session, inputs, temporaryFolder, memoryLimitBytes, signal }: PassOptions,
  written: Pick<ProfileTask, 'withProfiler' | 'withGraph'>,
): Promise<Pass> {
  await using folder = await createTemporaryFolder(temporaryFolder, 'profile');
  const task: ProfileTask = {
    kind: 'profile',
    session,
    inputs: { path: inputs.path, feeds: inputs.feeds, tensors: inputs.tensors },
    ...passLimits,
    folder: folder.path,
    ...written,
  };
  await using engine = await requireEngine(spawn);
  const end = await engine.run(task, {
    ...(signal ? { signal } : {}),
    ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
  });
  if (signal?.aborted) throw toEngineError({ state: 'cancelled', stage: 'measured' });
  if (end.state !== 'done') throw toEngineError(end);
  const { graphPath } = end.result;
  const graph = graphPath === null ? null : (await readModel(graphPath)).graph;
  return { result: end.result, versions: engine.versions, graph };
}
