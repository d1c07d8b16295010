/** Hands values on no oftener than somebody needs them. */
export interface Pace<T> {
  /** Hands the value on at once when enough time has passed since the one before, else when it has. */
  offer(value: T): void;
  /** To be called when what paused it is over. */
  resume(): void;
  /** Hands on what still waits, paused or not, and nothing after it. */
  end(): void;
}

interface PaceOptions<T> {
  everyMs: number;
  /** While true, nothing is handed on; only the latest value is kept. */
  isPaused: () => boolean;
  deliver: (value: T) => void;
}

/** Of several values that come within `everyMs`, the latest is handed on. */
export function createPace<T>({ everyMs, isPaused, deliver }: PaceOptions<T>): Pace<T> {
  let waiting: { value: T } | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;

  function flush(): void {
    if (waiting === null) return;
    const { value } = waiting;
    waiting = null;
    deliver(value);
  }

  function onTime(): void {
    timer = null;
    if (waiting === null || isPaused()) return;
    timer = setTimeout(onTime, everyMs);
    flush();
  }

  return {
    offer(value) {
      waiting = { value };
      if (timer === null) onTime();
    },
    resume() {
      if (timer === null) onTime();
    },
    end() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      flush();
    },
  };
}
