const smallest = 5.96e-8;
const largest = 65504;

/**
 * float32 values as float16 bit patterns, to nearest even. What would become zero or infinite is kept as the smallest
 * or largest float16, so that a weight neither vanishes nor spoils every sum. Zero, NaN and infinity stay.
 * Source: ONNX Runtime 1.30, transformers/float16.py (convert_np_to_float16).
 */
export function toFloat16Bits(values: Float32Array): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, (value) => toBits(clampToFloat16(value)));
}

function clampToFloat16(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude > 0 && magnitude < smallest) return Math.sign(value) * smallest;
  if (magnitude > largest && Number.isFinite(value)) return Math.sign(value) * largest;
  return value;
}

const bits32 = new Uint32Array(1);
const float32 = new Float32Array(bits32.buffer);

function toBits(value: number): number {
  float32[0] = value;
  const bits = bits32[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | (fraction === 0 ? 0x7c00 : 0x7e00);
  const unbiased = exponent - 127;
  if (unbiased < -25) return sign;
  if (unbiased < -14) return sign | roundShifted(fraction | 0x800000, -unbiased - 1);
  // Rounding up may carry into the exponent, which is then the right one.
  return sign | Math.min(0x7c00, ((unbiased + 15) << 10) + roundShifted(fraction, 13));
}

/** value / 2^shift, half to even. */
function roundShifted(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && kept % 2 === 1) ? kept + 1 : kept;
}
