import type { ProfileTask, SessionConfig } from '../../../engine/protocol.ts';
import type { Placement } from '../../../shared/domain/placement.ts';
import { absent, present, type Observed } from '../../../shared/domain/provenance.ts';
import { InferometerError } from '../../../shared/errors.ts';
import { createTemporaryFolder } from '../../compare/temporary-folder.ts';
import type { Deadlines } from '../../engine-client/engine-client.ts';
import type { SpawnEngine } from '../../engine-client/engine-process.ts';
import { runOnce } from '../../engine-client/evaluate.ts';
import type { InputPool } from '../../models/inputs/generate-inputs.ts';
import { readPlacement } from './read-placement.ts';

export interface ProveOptions {
  spawn: SpawnEngine;
  /** The session as it was measured. */
  session: SessionConfig;
  inputs: InputPool;
  /** Median latency of the measured part; null where there is none. */
  measuredMedianNs: number | null;
  /** For the profile, while this lasts. */
  temporaryFolder: string;
  deadlines: Partial<Deadlines>;
  memoryLimitBytes: number | undefined;
  signal?: AbortSignal;
}

/** Enough for shares of time: at least three runs, at most 20, as many as fit into two seconds. */
const limits = { feeds: 4, maxRuns: 20, maxS: 2 };

/**
 * Profiles a configuration in a fresh engine, after it was measured, and reads where its nodes ran. What goes wrong here
 * takes nothing from the measurement: it is the reason why the placement is not known.
 */
export async function provePlacement(options: ProveOptions): Promise<Observed<Placement>> {
  const { spawn, session, inputs, temporaryFolder, memoryLimitBytes, signal } = options;
  try {
    await using folder = await createTemporaryFolder(temporaryFolder, 'profile');
    const task: ProfileTask = {
      kind: 'profile',
      session,
      inputs: { path: inputs.path, feeds: inputs.feeds, tensors: inputs.tensors },
      ...limits,
      folder: folder.path,
      withGraph: false,
    };
    const profile = await runOnce(spawn, task, {
      deadlines: options.deadlines,
      ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
      ...(signal ? { signal } : {}),
    });
    const placement = readPlacement(profile, options.measuredMedianNs);
    return placement === null ? absent('the profile has no complete run') : present(placement);
  } catch (error) {
    if (!(error instanceof InferometerError)) throw error;
    return absent(`the profiling pass failed: ${error.message.replace(/\.$/, '')}`, error.remedy);
  }
}
