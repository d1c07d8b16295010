import type { ElementType } from '../../../../shared/domain/model.ts';

interface Layout {
  bytes: 1 | 2 | 4 | 8;
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
