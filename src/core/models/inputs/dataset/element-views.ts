import type { ElementType } from '../../../../shared/domain/model.ts';

type NumberView =
  Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;
type BigView = BigInt64Array | BigUint64Array;
type View<T> = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T;

interface Layout {
  bytes: number;
  /** Smallest and largest whole number; null for floats. */
  range: readonly [low: number, high: number] | null;
}

const safe = Number.MAX_SAFE_INTEGER;

/** Element types that arrays of a data set have and inputs take. 64-bit integers beyond 2^53 are no exact numbers. */
const layouts: Partial<Record<ElementType, Layout>> = {
  float16: { bytes: 2, range: null },
  float32: { bytes: 4, range: null },
  float64: { bytes: 8, range: null },
  int8: { bytes: 1, range: [-(2 ** 7), 2 ** 7 - 1] },
  uint8: { bytes: 1, range: [0, 2 ** 8 - 1] },
  int16: { bytes: 2, range: [-(2 ** 15), 2 ** 15 - 1] },
  uint16: { bytes: 2, range: [0, 2 ** 16 - 1] },
  int32: { bytes: 4, range: [-(2 ** 31), 2 ** 31 - 1] },
  uint32: { bytes: 4, range: [0, 2 ** 32 - 1] },
  int64: { bytes: 8, range: [-safe, safe] },
  uint64: { bytes: 8, range: [0, safe] },
  bool: { bytes: 1, range: [0, 1] },
};

/** Size and range of an element type; null for types that no data set can have. */
export function layoutOf(type: ElementType): Layout | null {
  return layouts[type] ?? null;
}

function view<T>(constructor: View<T> & { BYTES_PER_ELEMENT: number }, bytes: Uint8Array): T {
  const size = constructor.BYTES_PER_ELEMENT;
  // `slice` of a Buffer would not copy.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new constructor(aligned.buffer, aligned.byteOffset, aligned.byteLength / size);
}

/** Elements as numbers; float16 as float32, 64-bit integers as the nearest float64. */
export function toNumbers(bytes: Uint8Array, type: ElementType): NumberView {
  switch (type) {
    case 'float32':
      return view(Float32Array, bytes);
    case 'float64':
      return view(Float64Array, bytes);
    case 'float16':
      return Float32Array.from(view(Uint16Array, bytes), fromHalf);
    case 'int64':
      return bigNumbers(view(BigInt64Array, bytes));
    case 'uint64':
      return bigNumbers(view(BigUint64Array, bytes));
    case 'int32':
      return view(Int32Array, bytes);
    case 'uint32':
      return view(Uint32Array, bytes);
    case 'int16':
      return view(Int16Array, bytes);
    case 'uint16':
      return view(Uint16Array, bytes);
    case 'int8':
      return view(Int8Array, bytes);
    default:
      return view(Uint8Array, bytes);
  }
}

function bigNumbers(values: BigView): Float64Array {
  return Float64Array.from(values as BigInt64Array, Number);
}

/** IEEE 754 binary16: one bit of sign, five of exponent, ten of fraction. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest binary16, half to even; beyond 65519 infinity. */
export function toHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  // Steps of the binade, and below 2^-14 those of the subnormal numbers. Rounding up may carry, which is right.
  const exponent = size < 2 ** -14 ? -14 : Math.floor(Math.log2(size));
  const binade =
    size >= 2 ** (exponent + 1) ? exponent + 1 : size < 2 ** exponent && exponent > -14 ? exponent - 1 : exponent;
  const steps = roundHalfEven(size / 2 ** (binade - 10));
  return sign | (steps + (binade + 14) * 1024);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
