import type { SampleArray } from '../dataset.ts';
import { layoutOf } from '../element-layout.ts';
import { invalidData } from '../invalid.ts';
import { createByteReader } from '../byte-reader.ts';
import { headerLength, headerStartBytes, parseHeader, type NumpyHeader } from './header.ts';

/** A place that holds one array of NumPy and can be read from its start as often as needed. */
export interface NumpySource {
  name: string | null;
  /** For messages. */
  origin: string;
  /** Bytes of header and data. */
  sizeBytes: number;
  open(): AsyncIterable<Uint8Array>;
}

/** Samples that are put in order at a time where the first axis varies fastest. */
const transposedBytes = 32 * 2 ** 20;

/** Reads the header of an array; its data is read when asked for. Throws INPUTS_INVALID. */
export async function openNumpyArray(source: NumpySource): Promise<SampleArray> {
  const { name, origin } = source;
  await using reader = createByteReader(source.open(), origin);
  const start = await reader.take(Math.min(headerStartBytes, source.sizeBytes));
  const length = headerLength(start, origin);
  const rest = length > source.sizeBytes ? null : await reader.take(length - start.byteLength);
  const header = rest === null ? null : parseHeader(Buffer.concat([start, rest]), origin);
  const present = source.sizeBytes - length;
  if (header === null || present < header.dataBytes) {
    const needed = header === null ? 'its header' : `${header.dataBytes} bytes of data`;
    throw invalidData(
      `${origin} is cut short: ${needed} should be there, and ${Math.max(0, present)} bytes are.`,
      'Write or copy it again.',
    );
  }
  if (present > header.dataBytes) {
    throw invalidData(
      `${origin} holds ${present - header.dataBytes} bytes more than its shape [${header.dims.join(', ')}] needs.`,
      'Write it again: the file is damaged, or several arrays were saved into it.',
    );
  }
  return { name, type: header.type, dims: header.dims, origin, read: () => readElements(source, header) };
}

async function* readElements(source: NumpySource, header: NumpyHeader): AsyncIterable<Uint8Array> {
  if (header.isFortran) yield* readTransposed(source, header);
  else yield* readData(source, header);
}

async function* readData(source: NumpySource, header: NumpyHeader): AsyncIterable<Uint8Array> {
  let skip = header.headerBytes;
  for await (const chunk of source.open()) {
    if (chunk.byteLength <= skip) skip -= chunk.byteLength;
    else {
      yield chunk.subarray(skip);
      skip = 0;
    }
  }
}

/**
 * Samples of an array whose first axis varies fastest, a block of them for each pass over the data: memory is bounded
 * by the block, whatever the size of the array.
 */
async function* readTransposed(source: NumpySource, header: NumpyHeader): AsyncIterable<Uint8Array> {
  const size = layoutOf(header.type)?.bytes ?? 1;
  const [samples = 0, ...rest] = header.dims;
  const elements = rest.reduce((product, dim) => product * dim, 1);
  if (samples === 0 || elements === 0) return;
  const targets = rowMajorPositions(rest);
  const blockSamples = Math.max(1, Math.floor(transposedBytes / (elements * size)));
  // One block for all passes: a reader asks for the next when it has used up the one before.
  const block = new Uint8Array(Math.min(samples, blockSamples) * elements * size);
  for (let first = 0; first < samples; first += blockSamples) {
    const count = Math.min(blockSamples, samples - first);
    await using reader = createByteReader(readData(source, header), source.origin);
    for (let element = 0; element < elements; element++) {
      await reader.skip(first * size);
      scatter(await reader.take(count * size), block, targets(element), elements, size);
      await reader.skip((samples - first - count) * size);
    }
    yield block.subarray(0, count * elements * size);
  }
}

/** Puts one element of each sample where it belongs, moved as whole bit patterns. */
function scatter(
  from: Uint8Array,
  to: Uint8Array<ArrayBuffer>,
  position: number,
  elements: number,
  size: 1 | 2 | 4 | 8,
): void {
  const { buffer, byteOffset } = from.byteOffset % size === 0 ? from : new Uint8Array(from);
  const count = from.byteLength / size;
  if (size === 8)
    spread(new BigUint64Array(buffer, byteOffset, count), new BigUint64Array(to.buffer), position, elements);
  else if (size === 4)
    spread(new Uint32Array(buffer, byteOffset, count), new Uint32Array(to.buffer), position, elements);
  else if (size === 2)
    spread(new Uint16Array(buffer, byteOffset, count), new Uint16Array(to.buffer), position, elements);
  else spread(from, to, position, elements);
}

function spread<T>(source: ArrayLike<T>, target: Record<number, T>, position: number, elements: number): void {
  for (let sample = 0, at = position; sample < source.length; sample++, at += elements) target[at] = source[sample]!;
}

/** Position in row-major order of the element that comes nth when the first axis varies fastest. */
function rowMajorPositions(dims: readonly number[]): (element: number) => number {
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((product, dim) => product * dim, 1));
  return (element) => {
    let rest = element;
    let position = 0;
    dims.forEach((dim, axis) => {
      position += (rest % dim) * (strides[axis] ?? 0);
      rest = Math.floor(rest / dim);
    });
    return position;
  };
}
