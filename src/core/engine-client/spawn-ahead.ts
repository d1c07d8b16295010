import type { FromEngine } from '../../engine/protocol.ts';
import type { EngineProcess, SpawnEngine } from './engine-process.ts';

/** Engines for several tasks in a row, each started while the one before still works. Disposing ends one that waits. */
export interface EnginesAhead extends AsyncDisposable {
  spawn: SpawnEngine;
  /** Says that so many engines will be needed from now on; the first is started at once. */
  expect(count: number): void;
}

/**
 * Hides the time that an engine takes to start: one of those that are expected always waits. An engine that is not
 * expected, or needs an environment of its own, is started when it is asked for.
 */
export function spawnAhead(spawn: SpawnEngine): EnginesAhead {
  let waiting: EngineProcess | null = null;
  let expected = 0;
  const startOne = (): void => {
    if (expected === 0 || waiting !== null) return;
    const started = keepMessages(spawn());
    waiting = started;
    // Whoever asks next gets a live one.
    void started.exited.then(() => {
      if (waiting === started) waiting = null;
    });
  };
  return {
    expect(count) {
      expected = count;
      startOne();
    },
    spawn(options = {}) {
      if (options.environment !== undefined) return spawn(options);
      const taken = waiting ?? spawn(options);
      waiting = null;
      expected = Math.max(0, expected - 1);
      startOne();
      return taken;
    },
    async [Symbol.asyncDispose]() {
      const left = waiting;
      waiting = null;
      left?.kill();
      await left?.exited;
    },
  };
}

/** An engine announces itself once, perhaps before anybody listens. */
function keepMessages(engine: EngineProcess): EngineProcess {
  const listeners: ((message: FromEngine) => void)[] = [];
  const early: FromEngine[] = [];
  engine.onMessage((message) => {
    if (listeners.length === 0) early.push(message);
    for (const listener of listeners) listener(message);
  });
  return {
    ...engine,
    onMessage(listener) {
      listeners.push(listener);
      for (const message of early.splice(0)) listener(message);
    },
  };
}
