import { invalidData } from './invalid.ts';

/** Takes exact amounts out of a stream of chunks. */
export interface ByteReader extends AsyncDisposable {
  /** The next bytes; valid until the next call. Throws INPUTS_INVALID where the stream ends before. */
  take(bytes: number): Promise<Uint8Array>;
  skip(bytes: number): Promise<void>;
  /** Reads to the end, so that checks that come last are made. Throws INPUTS_INVALID where anything is left. */
  finish(): Promise<void>;
}

const empty = new Uint8Array(0);

/** Reads `chunks` from their start; disposing closes what they come from. `origin` is for messages. */
export function createByteReader(chunks: AsyncIterable<Uint8Array>, origin: string): ByteReader {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Uint8Array = empty;

  async function refill(): Promise<boolean> {
    const step = await iterator.next();
    if (step.done === true) return false;
    rest = step.value;
    return true;
  }
  async function require(): Promise<void> {
    while (rest.byteLength === 0) {
      if (!(await refill())) throw invalidData(`${origin} ends before its last sample.`, 'Write or copy it again.');
    }
  }
  return {
    async take(bytes) {
      if (rest.byteLength >= bytes) {
        const found = rest.subarray(0, bytes);
        rest = rest.subarray(bytes);
        return found;
      }
      const result = new Uint8Array(bytes);
      for (let filled = 0; filled < bytes;) {
        await require();
        const part = rest.subarray(0, bytes - filled);
        result.set(part, filled);
        filled += part.byteLength;
        rest = rest.subarray(part.byteLength);
      }
      return result;
    },
    async skip(bytes) {
      for (let left = bytes; left > 0;) {
        await require();
        const part = Math.min(left, rest.byteLength);
        rest = rest.subarray(part);
        left -= part;
      }
    },
    async finish() {
      while (rest.byteLength === 0) if (!(await refill())) return;
      throw invalidData(`${origin} goes on after its last sample.`, 'Write it again.');
    },
    async [Symbol.asyncDispose]() {
      await iterator.return?.();
    },
  };
}
