import { setTimeout as sleep } from 'node:timers/promises';
import { startEngine, type EngineSamples } from '../../src/core/engine-client/engine-client.ts';
import type { SpawnEngine } from '../../src/core/engine-client/engine-process.ts';
import { toEngineError } from '../../src/core/engine-client/explain-failure.ts';
import type { MeasureTask } from '../../src/engine/protocol.ts';
import { medianOf } from '../../src/engine/timing/clock.ts';
import type { TimedBlock } from './python-session.ts';

/** The engine hands stamps over about once a second of running; the tail has to be longer. */
const tailS = 2;

/** Part of the time in which the engine ran and its queries count; ns of this process's monotonic clock. */
interface Window {
  fromNs: number;
  toNs: number;
}

/** One endless measurement in the real engine that stands still between its blocks. */
export interface EngineSession extends AsyncDisposable {
  readonly pid: number;
  /** Lets the engine run for `settleS` unseen, then for `durationS`. */
  runBlock: (settleS: number, durationS: number) => Promise<void>;
  /** Ends the measurement and returns one entry per block, in order. */
  finish: () => Promise<TimedBlock[]>;
}

function nowNs(): number {
  return Number(process.hrtime.bigint());
}

/**
 * Starts a measurement that ends only when told to, waits until it is warm, and freezes the process (SIGSTOP). Between
 * blocks the timing loop, the session and its threads stay as they are, and nothing of the engine runs.
 */
export async function startEngineSession(
  spawn: SpawnEngine,
  task: MeasureTask,
  environment: Readonly<Record<string, string>> = {},
): Promise<EngineSession> {
  const start = await startEngine(spawn, { environment });
  if (start.state !== 'ready') throw new Error(`The engine did not start: ${JSON.stringify(start)}`);
  const { engine } = start;
  const kill = (): void => void process.kill(engine.pid, 'SIGKILL');
  // A process that is stopped does not notice that its parent has gone.
  process.once('exit', kill);
  const abort = new AbortController();
  const samples: EngineSamples[] = [];
  const windows: Window[] = [];
  const warm = Promise.withResolvers<null>();
  // Time of this process at the start of the measured part: the least that any message says, since a message can only
  // arrive late. Both processes read the same monotonic clock.
  let originNs = Number.POSITIVE_INFINITY;
  const ended = engine.run(
    { ...task, minDurationS: 1e6, maxKept: 1e9 },
    {
      signal: abort.signal,
      onSamples: (block) => samples.push(block),
      onProgress: ({ stage, queries, elapsedNs }) => {
        if (stage !== 'measured' || queries === 0) return;
        originNs = Math.min(originNs, nowNs() - elapsedNs);
        warm.resolve(null);
      },
    },
  );
  const early = await Promise.race([warm.promise, ended]);
  if (early !== null) throw early.state === 'done' ? new Error('The engine ended by itself') : toEngineError(early);
  process.kill(engine.pid, 'SIGSTOP');

  return {
    pid: engine.pid,
    async runBlock(settleS, durationS) {
      const startNs = nowNs();
      process.kill(engine.pid, 'SIGCONT');
      await sleep((settleS + durationS) * 1e3);
      process.kill(engine.pid, 'SIGSTOP');
      windows.push({ fromNs: startNs + settleS * 1e9, toNs: nowNs() });
    },
    async finish() {
      process.kill(engine.pid, 'SIGCONT');
      await sleep(tailS * 1e3);
      abort.abort();
      const end = await ended;
      if (end.state !== 'done' && end.state !== 'cancelled') throw toEngineError(end);
      const lastNs = originNs + (samples.at(-1)?.completedNs.at(-1) ?? 0);
      if (lastNs < (windows.at(-1)?.toNs ?? 0)) throw new Error('The engine did not hand over its last block');
      return windows.map((window) => timeWindow(samples, originNs, window));
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', kill);
      await engine[Symbol.asyncDispose]();
    },
  };
}

/**
 * The queries that began and ended within a window; a query that was frozen under way ends after it. `originNs` is the
 * time on the window's clock that the stamps count from. Throws when there is none.
 */
export function timeWindow(
  samples: readonly Pick<EngineSamples, 'issuedNs' | 'completedNs'>[],
  originNs: number,
  { fromNs, toNs }: Window,
): TimedBlock {
  const latencies: number[] = [];
  for (const { issuedNs, completedNs } of samples) {
    issuedNs.forEach((issued, index) => {
      const completed = completedNs[index]!;
      if (issued + originNs >= fromNs && completed + originNs <= toNs) latencies.push(completed - issued);
    });
  }
  if (latencies.length === 0) throw new Error('No query of the engine fell into a block');
  return { queries: latencies.length, medianNs: medianOf(latencies) };
}
