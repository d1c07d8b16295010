import type { ElementType } from '../../shared/domain/model.ts';
import { assertNever } from '../../shared/errors.ts';

interface PackedTensor {
  type: ElementType;
  data: ArrayBufferView;
}

/**
 * Reads the packed elements of any numeric tensor as numbers; null for types that are none to JavaScript. 64-bit
 * integers beyond 2^53 lose digits. float32 is a view into the same memory where that is aligned.
 */
export function toNumbers({ type, data }: PackedTensor): Float32Array | Float64Array | null {
  if (type === 'float32' && data.byteOffset % 4 === 0) {
    return new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  }
  const aligned = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice().buffer;
  switch (type) {
    case 'float32':
      return new Float32Array(aligned);
    case 'float64':
      return new Float64Array(aligned);
    case 'float16':
      return Float64Array.from(new Uint16Array(aligned), fromFloat16);
    case 'bfloat16':
      return Float64Array.from(fromBfloat16(new Uint16Array(aligned)));
    case 'int64':
      return Float64Array.from(new BigInt64Array(aligned), Number);
    case 'uint64':
      return Float64Array.from(new BigUint64Array(aligned), Number);
    case 'int32':
      return Float64Array.from(new Int32Array(aligned));
    case 'uint32':
      return Float64Array.from(new Uint32Array(aligned));
    case 'int16':
      return Float64Array.from(new Int16Array(aligned));
    case 'uint16':
      return Float64Array.from(new Uint16Array(aligned));
    case 'uint8':
    case 'bool':
      return Float64Array.from(new Uint8Array(aligned));
    case 'int8':
      return Float64Array.from(new Int8Array(aligned));
    case 'string':
    case 'int4':
    case 'uint4':
    case 'other':
      return null;
    default:
      return assertNever(type);
  }
}

/** IEEE 754 binary16: one bit of sign, five of exponent, ten of fraction. */
function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A bfloat16 is the upper half of a float32. */
function fromBfloat16(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}
