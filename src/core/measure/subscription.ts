import type { CellProgress, RunSession, SessionMessage } from '../../shared/domain/run-session.ts';

/** One reader of a session. */
export interface Subscription {
  messages: AsyncIteratorObject<SessionMessage, undefined>;
  sessionChanged(): void;
  progressed(progress: CellProgress): void;
  end(): void;
}

type Result = IteratorResult<SessionMessage, undefined>;

/**
 * A stream that holds at most one message: a reader who is slower than the measurement gets the newest state and
 * misses what it replaced, so memory stays bounded and nothing waits for a reader. It is no generator, because a
 * generator that waits inside `next()` answers `return()` only after the next message.
 */
export function createSubscription(
  readSession: () => RunSession | null,
  onEnd: () => void,
  signal?: AbortSignal,
): Subscription {
  let pending: 'session' | CellProgress | null = 'session';
  let ended = false;
  /** Calls of next() that wait, in order: transports may ask ahead. */
  const waiting: ((result: Result) => void)[] = [];

  function take(): Result | null {
    if (ended) return { done: true, value: undefined };
    if (pending === null) return null;
    const value: SessionMessage =
      pending === 'session' ? { type: 'session', session: readSession() } : { type: 'progress', progress: pending };
    pending = null;
    return { done: false, value };
  }

  function serve(): void {
    while (waiting.length > 0) {
      const result = take();
      if (result === null) return;
      waiting.shift()?.(result);
    }
  }

  function end(): void {
    if (ended) return;
    ended = true;
    signal?.removeEventListener('abort', end);
    onEnd();
    serve();
  }

  signal?.addEventListener('abort', end);
  return {
    messages: {
      next() {
        const result = waiting.length === 0 ? take() : null;
        if (result !== null) return Promise.resolve(result);
        const { promise, resolve } = Promise.withResolvers<Result>();
        waiting.push(resolve);
        return promise;
      },
      return() {
        end();
        return Promise.resolve({ done: true, value: undefined });
      },
      [Symbol.asyncIterator]() {
        return this;
      },
      [Symbol.asyncDispose]() {
        end();
        return Promise.resolve();
      },
    },
    sessionChanged() {
      pending = 'session';
      serve();
    },
    progressed(progress) {
      // A session that is still to be read contains this progress already.
      if (pending !== 'session') pending = progress;
      serve();
    },
    end,
  };
}
