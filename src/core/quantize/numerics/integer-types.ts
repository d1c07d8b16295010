/** Integer types that quantized tensors have. Four-bit values are held one to a byte until they are packed. */
export type IntegerType = 'uint8' | 'int8' | 'uint4' | 'int4';

/** Smallest and largest quantized value, both inclusive. */
export interface IntegerRange {
  min: number;
  max: number;
}

const full: Readonly<Record<IntegerType, IntegerRange>> = {
  uint8: { min: 0, max: 255 },
  int8: { min: -128, max: 127 },
  uint4: { min: 0, max: 15 },
  int4: { min: -8, max: 7 },
};

/** int8 leaves out -128, so that weights of either sign have the same steps. */
const symmetric: Readonly<Record<IntegerType, IntegerRange>> = { ...full, int8: { min: -127, max: 127 } };

/** A bit less, for processors whose 16-bit sums of two products saturate (AVX2 and AVX-512 without VNNI). */
const reduced: Readonly<Record<IntegerType, IntegerRange>> = {
  uint8: { min: 0, max: 127 },
  int8: { min: -64, max: 64 },
  uint4: { min: 0, max: 7 },
  int4: { min: -4, max: 3 },
};

export interface RangeOptions {
  /** Range around zero; the zero point is then the middle of the type. */
  symmetric?: boolean;
  reduceRange?: boolean;
}

/** The values that a type holds, to which quantized elements are clipped. */
export function typeRange(type: IntegerType): IntegerRange {
  return full[type];
}

/** The values that scales are computed for. Source: ONNX Runtime 1.30, quantization/quant_utils.py. */
export function quantizedRange(type: IntegerType, options: RangeOptions = {}): IntegerRange {
  if (options.reduceRange === true) return reduced[type];
  return options.symmetric === true ? symmetric[type] : full[type];
}
