import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { packedByteLength } from '../../onnx/element-types.ts';
import { isExternal, parseExternalReference } from '../../onnx/external-data.ts';
import type { TensorProto } from '../../onnx/gen/onnx_pb.js';
import { truncatedModel } from '../../onnx/model-failures.ts';
import type { LoadedModel } from '../../onnx/read.ts';
import { RAW_DATA } from '../../onnx/skim.ts';
import { readTensorBytes } from '../../onnx/tensor-data.ts';

const chunkBytes = 4 * 2 ** 20;

/** Packed data of a tensor that is taken over as it is, in pieces, so that a large embedding is not held as a whole. */
export function copyData(loaded: LoadedModel, tensor: TensorProto): Uint8Array | Iterable<Uint8Array> {
  const place = findPlace(loaded, tensor);
  return place === null ? readTensorBytes(loaded, tensor) : readChunks(place);
}

interface Place {
  file: string;
  offset: number;
  length: number;
}

/** Where packed data lies in a file; null where it is in memory or has to be packed. */
function findPlace(loaded: LoadedModel, tensor: TensorProto): Place | null {
  if (isExternal(tensor)) {
    const { location, offset } = parseExternalReference(tensor, loaded.path);
    const length = packedByteLength(tensor.dataType, tensor.dims) ?? 0;
    return { file: path.resolve(path.dirname(loaded.path), location), offset, length };
  }
  const raw = loaded.payloads.get(tensor)?.findLast(({ field }) => field === RAW_DATA);
  return raw === undefined ? null : { file: loaded.path, offset: raw.offset, length: raw.length };
}

/**
 * Reads the elements of float32 tensors, each into the memory of the one before: without that, collecting the garbage
 * takes as long as quantizing.
 */
export function createFloatReader(loaded: LoadedModel): (tensor: TensorProto) => Float32Array<ArrayBuffer> {
  let memory = new ArrayBuffer(0);
  return (tensor) => {
    const place = findPlace(loaded, tensor);
    // In memory, and perhaps at an odd place there.
    if (place === null) return new Float32Array(Uint8Array.from(readTensorBytes(loaded, tensor)).buffer);
    if (memory.byteLength < place.length) memory = new ArrayBuffer(place.length);
    const bytes = new Uint8Array(memory, 0, place.length);
    let done = 0;
    for (const chunk of readInto(place, (remaining) => bytes.subarray(done, done + Math.min(remaining, chunkBytes)))) {
      done += chunk.byteLength;
    }
    return new Float32Array(memory, 0, place.length / 4);
  };
}

function* readChunks(place: Place): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(chunkBytes, place.length));
  yield* readInto(place, (remaining) => buffer.subarray(0, Math.min(buffer.byteLength, remaining)));
}

/** Reads what lies at a place piece by piece, each into what `nextTarget` gives for the bytes that remain. */
function* readInto(
  { file, offset, length }: Place,
  nextTarget: (remaining: number) => Uint8Array,
): Generator<Uint8Array> {
  const descriptor = openSync(file, 'r');
  try {
    let done = 0;
    while (done < length) {
      const target = nextTarget(length - done);
      const count = readSync(descriptor, target, 0, target.byteLength, offset + done);
      if (count === 0) throw truncatedModel(file);
      done += count;
      yield target.subarray(0, count);
    }
  } finally {
    closeSync(descriptor);
  }
}
