import type { Tensor } from 'onnxruntime-node';
import type { ElementType } from '../../shared/domain/model.ts';
import type { Feeds } from './input-file.ts';
import { toTensor } from './tensors.ts';

interface JoinedInput {
  name: string;
  /** The bytes of this input in each feed of the pool. */
  parts: Uint8Array[];
  joined: Uint8Array;
  /** Tensors over the first bytes of `joined`, by the number of queries in them. */
  views: (Tensor | undefined)[];
  type: ElementType;
  dims: readonly number[];
}

/** The bytes of a tensor where they lie. */
function bytesOf(tensor: Tensor): Uint8Array {
  const { data } = tensor;
  if (!ArrayBuffer.isView(data)) throw new Error(`Tensors of type ${tensor.type} cannot be put together`);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * Puts the inputs of several queries one after another into one call, as a server has to that receives each in memory
 * of its own: every byte is copied, into memory that is used again by the next call. All inputs lead with the batch.
 */
export function createFeedJoiner(pool: readonly Feeds[], maxBatch: number) {
  const inputs = Object.entries(pool[0] ?? {}).map(([name, { type, dims }]): JoinedInput => {
    const parts = pool.map((feeds) => bytesOf(feeds[name]!));
    const joined = new Uint8Array((parts[0]?.length ?? 0) * maxBatch);
    return { name, parts, joined, views: [], type: type, dims };
  });

  /** A tensor over what `count` queries fill of an input. */
  function viewOf(input: JoinedInput, count: number): Tensor {
    const known = input.views[count];
    if (known !== undefined) return known;
    const [lead = 1, ...rest] = input.dims;
    const bytes = input.joined.subarray(0, (input.joined.length / maxBatch) * count);
    const view = toTensor(input.type, [lead * count, ...rest], bytes);
    input.views[count] = view;
    return view;
  }

  /** The inputs of `count` queries from the feed `first` on, the pool taken as a ring. Valid until the next call. */
  return function join(first: number, count: number): Feeds {
    const feeds: Feeds = {};
    for (const input of inputs) {
      let offset = 0;
      for (let query = 0; query < count; query++) {
        const part = input.parts[(first + query) % input.parts.length]!;
        input.joined.set(part, offset);
        offset += part.length;
      }
      feeds[input.name] = viewOf(input, count);
    }
    return feeds;
  };
}
