import type { RunEvent } from '../../core/measure/run-ports.ts';

/** Seconds that a command may take; waiting for another measurement does not count. */
export interface TimeBudget {
  elapsedS(): number;
  leftS(): number;
  /** Stops the clock while a run waits for the machine. */
  follow(event: RunEvent): void;
}

export function createTimeBudget(seconds: number): TimeBudget {
  const startedAtMs = performance.now();
  let waitedMs = 0;
  let waitingSinceMs: number | null = null;

  function elapsedS(): number {
    const now = waitingSinceMs ?? performance.now();
    return (now - startedAtMs - waitedMs) / 1000;
  }
  return {
    elapsedS,
    leftS: () => seconds - elapsedS(),
    follow({ type }) {
      if (type === 'waiting') waitingSinceMs = performance.now();
      else if (waitingSinceMs !== null) {
        waitedMs += performance.now() - waitingSinceMs;
        waitingSinceMs = null;
      }
    },
  };
}
