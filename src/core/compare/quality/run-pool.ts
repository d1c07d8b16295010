import type { SessionConfig, TensorPayload } from '../../../engine/protocol.ts';
import { runOnce } from '../../engine-client/evaluate.ts';
import type { SpawnEngine } from '../../engine-client/engine-process.ts';
import { toEngineError } from '../../engine-client/explain-failure.ts';
import type { InputPool } from '../../models/inputs/generate-inputs.ts';

export interface RunPoolOptions {
  spawn: SpawnEngine;
  session: SessionConfig;
  pool: InputPool;
  /** Only so many feeds, from the first; all unless given. */
  feeds?: number;
  /** Only these outputs; all unless given. */
  fetches?: readonly string[];
  signal?: AbortSignal;
  /** Called for every feed in order; the next one is sent when it has returned. `false` ends the run there. */
  onOutputs: (feed: number, outputs: Readonly<Record<string, TensorPayload>>) => Promise<boolean>;
}

export interface PoolRun {
  /** Feeds whose outputs were handed over. */
  feeds: number;
  /** Largest resident memory of a process with this session, which has run twice, over what it had before, bytes. */
  peakRssBytes: number;
}

/**
 * Runs a model over a pool of inputs in an engine of its own, untimed, and hands over the outputs feed by feed, so that
 * neither side ever holds more than two. Throws what `toEngineError` makes of a failure, CANCELLED, and whatever
 * `onOutputs` throws.
 */
export async function runPool({ spawn, session, pool, signal, ...options }: RunPoolOptions): Promise<PoolRun> {
  const thrown: unknown[] = [];
  const task = {
    kind: 'evaluate-pool' as const,
    session,
    inputs: { path: pool.path, feeds: pool.feeds, tensors: pool.tensors },
    feeds: Math.min(pool.feeds, options.feeds ?? pool.feeds),
    fetches: options.fetches === undefined ? null : [...options.fetches],
  };
  const result = await runOnce(spawn, task, {
    ...(signal ? { signal } : {}),
    onOutputs: async ({ feed, outputs }) => {
      try {
        return await options.onOutputs(feed, outputs);
      } catch (error) {
        thrown.push(error);
        return false;
      }
    },
  });
  if (thrown.length > 0) throw thrown[0];
  if (signal?.aborted) throw toEngineError({ state: 'cancelled', stage: 'measured' });
  return { feeds: result.feeds, peakRssBytes: Math.max(0, result.peakRssBytes - result.rssBeforeBytes) };
}
