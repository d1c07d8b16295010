import { TensorProto_DataType } from './gen/onnx_pb.js';
import type { ElementType } from '../../shared/domain/model.ts';

/** ONNX element type numbers as plain numbers, as tensors carry them: files may hold numbers that have no name yet. */
export const DataType: Readonly<Record<keyof typeof TensorProto_DataType, number>> = TensorProto_DataType;

interface ElementFacts {
  name: ElementType;
  /** Size of one element in a packed tensor; null for strings and unknown types. */
  bits: number | null;
}

const ELEMENTS = new Map<number, ElementFacts>([
  [DataType.FLOAT, { name: 'float32', bits: 32 }],
  [DataType.UINT8, { name: 'uint8', bits: 8 }],
  [DataType.INT8, { name: 'int8', bits: 8 }],
  [DataType.UINT16, { name: 'uint16', bits: 16 }],
  [DataType.INT16, { name: 'int16', bits: 16 }],
  [DataType.INT32, { name: 'int32', bits: 32 }],
  [DataType.INT64, { name: 'int64', bits: 64 }],
  [DataType.STRING, { name: 'string', bits: null }],
  [DataType.BOOL, { name: 'bool', bits: 8 }],
  [DataType.FLOAT16, { name: 'float16', bits: 16 }],
  [DataType.DOUBLE, { name: 'float64', bits: 64 }],
  [DataType.UINT32, { name: 'uint32', bits: 32 }],
  [DataType.UINT64, { name: 'uint64', bits: 64 }],
  [DataType.COMPLEX64, { name: 'other', bits: 64 }],
  [DataType.COMPLEX128, { name: 'other', bits: 128 }],
  [DataType.BFLOAT16, { name: 'bfloat16', bits: 16 }],
  [DataType.FLOAT8E4M3FN, { name: 'other', bits: 8 }],
  [DataType.FLOAT8E4M3FNUZ, { name: 'other', bits: 8 }],
  [DataType.FLOAT8E5M2, { name: 'other', bits: 8 }],
  [DataType.FLOAT8E5M2FNUZ, { name: 'other', bits: 8 }],
  [DataType.UINT4, { name: 'uint4', bits: 4 }],
  [DataType.INT4, { name: 'int4', bits: 4 }],
  [DataType.FLOAT4E2M1, { name: 'other', bits: 4 }],
  [DataType.FLOAT8E8M0, { name: 'other', bits: 8 }],
  [DataType.UINT2, { name: 'other', bits: 2 }],
  [DataType.INT2, { name: 'other', bits: 2 }],
]);

/** The name of an ONNX element type number; "other" for those that have no name in the vocabulary. */
export function toElementType(dataType: number): ElementType {
  return ELEMENTS.get(dataType)?.name ?? 'other';
}

/** Bits of one packed element, or null where the size is not fixed (strings) or the type is unknown. */
export function elementBits(dataType: number): number | null {
  return ELEMENTS.get(dataType)?.bits ?? null;
}

/** Elements of a tensor; null when a dimension is negative or the product leaves the safe integers. */
export function elementCount(dims: readonly bigint[]): number | null {
  let count = 1n;
  for (const dim of dims) {
    if (dim < 0n) return null;
    count *= dim;
    if (count > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  }
  return Number(count);
}

/** Bytes that a tensor's packed data takes (4-bit types: two elements a byte); null where it cannot be known. */
export function packedByteLength(dataType: number, dims: readonly bigint[]): number | null {
  const bits = elementBits(dataType);
  const count = elementCount(dims);
  if (bits === null || count === null) return null;
  const length = Math.ceil((count * bits) / 8);
  return Number.isSafeInteger(length) ? length : null;
}
