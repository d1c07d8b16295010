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

function* readChunks({ file, offset, length }: Place): Generator<Uint8Array> {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = new Uint8Array(Math.min(chunkBytes, length));
    let done = 0;
    while (done < length) {
      const count = readSync(descriptor, buffer, 0, Math.min(buffer.byteLength, length - done), offset + done);
      if (count === 0) throw truncatedModel(file);
      done += count;
      yield buffer.subarray(0, count);
    }
  } finally {
    closeSync(descriptor);
  }
}
