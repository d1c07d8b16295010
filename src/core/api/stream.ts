import { ReadableStream, type ReadableStreamAsyncIterator } from 'node:stream/web';

/**
 * A stream fed by callbacks: `work` emits values, and the stream ends when it is done. It ends at once when `outer` is
 * aborted or the reader leaves, and `work` learns of either by its signal. Values that nobody has taken are kept, so
 * this suits work that emits few.
 */
export function streamOf<T>(
  work: (emit: (value: T) => void, signal: AbortSignal) => Promise<void>,
  outer?: AbortSignal,
): ReadableStreamAsyncIterator<T> {
  const inner = new AbortController();
  const signal = outer ? AbortSignal.any([outer, inner.signal]) : inner.signal;
  let open = true;
  const stream = new ReadableStream<T>({
    start(controller) {
      const end = (finish: () => void): void => {
        if (open) finish();
        open = false;
      };
      signal.addEventListener('abort', () => end(() => controller.close()));
      const emit = (value: T): void => {
        if (open) controller.enqueue(value);
      };
      work(emit, signal).then(
        () => end(() => controller.close()),
        (error: unknown) => end(() => controller.error(error)),
      );
    },
    cancel() {
      // The reader has closed it already.
      open = false;
      inner.abort();
    },
  });
  return stream.values();
}
