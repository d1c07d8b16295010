import { quantizedRange, type IntegerType, type RangeOptions } from './integer-types.ts';
import { roundHalfToEven } from './round.ts';

/** real = (quantized - zeroPoint) * scale. `scale` is a float32 value. */
export interface QuantizationParameters {
  type: IntegerType;
  scale: number;
  zeroPoint: number;
}

/** Below it 1 / scale is no longer a finite float32. */
const smallestScale = 1.17549435e-38;

/**
 * Scale and zero point for values between `low` and `high`, in the unit of the tensor; zero is always represented
 * exactly. The subtraction is in float32 and the rest in float64, as in ONNX Runtime 1.30 (compute_scale_zp), because
 * the files are compared byte by byte. Throws a RangeError for bounds that are not finite or out of order.
 */
export function toQuantizationParameters(
  low: number,
  high: number,
  type: IntegerType,
  options: RangeOptions = {},
): QuantizationParameters {
  if (!Number.isFinite(low) || !Number.isFinite(high) || low > high) {
    throw new RangeError(`No quantization range: ${low} to ${high}`);
  }
  const { min, max } = quantizedRange(type, options);
  let from = Math.fround(Math.min(low, 0));
  let to = Math.fround(Math.max(high, 0));
  if (options.symmetric === true) {
    to = Math.max(-from, to);
    from = -to;
  }
  const scale = Math.fround(to - from) / (max - min);
  if (scale < smallestScale) return { type, scale: 1, zeroPoint: 0 };
  // Adding 0 makes a negative zero positive.
  const zeroPoint = roundHalfToEven(options.symmetric === true ? (min + max) / 2 : min - from / scale) + 0;
  return { type, scale: Math.fround(scale), zeroPoint };
}
