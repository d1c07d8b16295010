/** Seconds that a command may take. */
export interface TimeBudget {
  elapsedS(): number;
  leftS(): number;
}

/** A budget whose clock runs from now on. */
export function createTimeBudget(seconds: number): TimeBudget {
  const startedAtMs = performance.now();
  const elapsedS = (): number => (performance.now() - startedAtMs) / 1000;
  return { elapsedS, leftS: () => seconds - elapsedS() };
}
