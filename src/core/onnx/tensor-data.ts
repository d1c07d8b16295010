import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { TensorProto } from './gen/onnx_pb.js';
import type { ElementType } from '../../shared/domain/model.ts';
import { DataType, elementBits, elementCount, packedByteLength, toElementType } from './element-types.ts';
import { isExternal, parseExternalReference } from './external-data.ts';
import { invalidModel, truncatedModel } from './model-failures.ts';
import type { LoadedModel } from './read.ts';
import { RAW_DATA } from './skim.ts';

/** Elements of a tensor as JavaScript values: one per element, narrow floats and 4-bit integers widened. */
export type TensorValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

export interface Tensor {
  name: string;
  type: ElementType;
  dims: number[];
  values: TensorValues;
}

/** The parts of a loaded model that are needed to find a tensor's data. */
export type TensorSource = Pick<LoadedModel, 'path' | 'payloads'>;

/**
 * Packed little-endian data of a tensor, whichever of the fields or files holds it; the bytes may be shared with the
 * message. Throws MODEL_INVALID and MODEL_TRUNCATED when the data does not fit the dimensions.
 */
export function readTensorBytes(source: TensorSource, tensor: TensorProto): Uint8Array {
  const length = packedByteLength(tensor.dataType, tensor.dims);
  if (length === null) throw invalidModel(source.path, `tensor "${tensor.name}" has no size that can be read`);
  const bytes = findBytes(source, tensor, length);
  if (bytes.byteLength !== length) {
    throw invalidModel(source.path, `tensor "${tensor.name}" has ${bytes.byteLength} bytes where ${length} are needed`);
  }
  return bytes;
}

/** A tensor with its values. float16 and bfloat16 become float32, 4-bit integers 8-bit; bool is 0 or 1 in Uint8Array. */
export function readTensor(source: TensorSource, tensor: TensorProto): Tensor {
  return {
    name: tensor.name,
    type: toElementType(tensor.dataType),
    dims: tensor.dims.map(Number),
    values: toValues(readTensorBytes(source, tensor), tensor, source.path),
  };
}

function findBytes(source: TensorSource, tensor: TensorProto, length: number): Uint8Array {
  if (isExternal(tensor)) {
    const reference = parseExternalReference(tensor, source.path);
    return readRange(path.resolve(path.dirname(source.path), reference.location), reference.offset, length);
  }
  const payloads = source.payloads.get(tensor) ?? [];
  const raw = payloads.findLast((payload) => payload.field === RAW_DATA);
  if (raw) return readRange(source.path, raw.offset, raw.length);
  if (tensor.rawData.byteLength > 0) return tensor.rawData;
  if (payloads.length === 0) return packLists(tensor);
  const chunks = payloads.map((payload) => {
    const bytes = readRange(source.path, payload.offset, payload.length);
    return payload.field === 4 || payload.field === 10 ? bytes : packVarints(bytes, tensor.dataType);
  });
  return Buffer.concat(chunks);
}

function readRange(file: string, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const descriptor = openSync(file, 'r');
  try {
    let done = 0;
    while (done < length) {
      const count = readSync(descriptor, bytes, done, Math.min(length - done, 2 ** 30), offset + done);
      if (count === 0) throw truncatedModel(file);
      done += count;
    }
  } finally {
    closeSync(descriptor);
  }
  return bytes;
}

/** Bytes that one entry of int32_data or uint64_data stands for: 4-bit types keep two elements in one entry. */
function entryBytes(dataType: number): number {
  return Math.max(1, (elementBits(dataType) ?? 8) / 8);
}

function packLists(tensor: TensorProto): Uint8Array {
  if (tensor.floatData.length > 0) return viewBytes(Float32Array.from(tensor.floatData));
  if (tensor.doubleData.length > 0) return viewBytes(Float64Array.from(tensor.doubleData));
  if (tensor.int64Data.length > 0) return viewBytes(BigInt64Array.from(tensor.int64Data));
  if (tensor.uint64Data.length > 0) return packIntegers(tensor.uint64Data, entryBytes(tensor.dataType));
  return packIntegers(tensor.int32Data.map(BigInt), entryBytes(tensor.dataType));
}

function packVarints(bytes: Uint8Array, dataType: number): Uint8Array {
  const reader = new BinaryReader(bytes);
  const values: bigint[] = [];
  while (reader.pos < reader.len) values.push(BigInt(reader.int64()));
  return packIntegers(values, entryBytes(dataType));
}

function packIntegers(values: readonly bigint[], width: number): Uint8Array {
  const wide = BigInt64Array.from(values.map((value) => BigInt.asIntN(64, value)));
  const from = viewBytes(wide);
  const packed = new Uint8Array(values.length * width);
  for (let index = 0; index < values.length; index++) {
    packed.set(from.subarray(index * 8, index * 8 + Math.min(width, 8)), index * width);
  }
  return packed;
}

function viewBytes(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function toValues(bytes: Uint8Array, tensor: TensorProto, modelPath: string): TensorValues {
  // A typed view needs an aligned start, which a slice of a message does not have.
  const { buffer } = Uint8Array.from(bytes);
  switch (tensor.dataType) {
    case DataType.FLOAT:
      return new Float32Array(buffer);
    case DataType.DOUBLE:
      return new Float64Array(buffer);
    case DataType.FLOAT16:
      return Float32Array.from(new Uint16Array(buffer), float16ToNumber);
    case DataType.BFLOAT16:
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
    case DataType.INT8:
      return new Int8Array(buffer);
    case DataType.UINT8:
    case DataType.BOOL:
      return new Uint8Array(buffer);
    case DataType.INT16:
      return new Int16Array(buffer);
    case DataType.UINT16:
      return new Uint16Array(buffer);
    case DataType.INT32:
      return new Int32Array(buffer);
    case DataType.UINT32:
      return new Uint32Array(buffer);
    case DataType.INT64:
      return new BigInt64Array(buffer);
    case DataType.UINT64:
      return new BigUint64Array(buffer);
    case DataType.INT4:
      return Int8Array.from(unpackNibbles(bytes, elementCount(tensor.dims) ?? 0), (value) => (value << 28) >> 28);
    case DataType.UINT4:
      return unpackNibbles(bytes, elementCount(tensor.dims) ?? 0);
    default:
      throw invalidModel(
        modelPath,
        `tensor "${tensor.name}" has element type ${tensor.dataType}, which has no values here`,
      );
  }
}

/** Two elements a byte, the first in the low half (ONNX, int4 and uint4). */
function unpackNibbles(bytes: Uint8Array, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => ((bytes[index >> 1] ?? 0) >> ((index & 1) * 4)) & 0xf);
}

/** IEEE 754 binary16 to a number. */
function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
