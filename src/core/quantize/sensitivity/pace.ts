/** How long steps take that are about alike. */
export interface Pace {
  /** s that so many more steps take, from those before; null before the first has ended. */
  left(steps: number): number | null;
}

/** Starts with the first call of `left`: each call ends a step and begins the next. */
export function createPace(): Pace {
  let startedMs: number | null = null;
  let steps = 0;
  return {
    left(more) {
      if (startedMs === null) startedMs = performance.now();
      else steps++;
      return steps === 0 ? null : ((performance.now() - startedMs) / steps / 1000) * more;
    },
  };
}
