/** Bit patterns of float32 magnitudes. */
const smallest = bitsOf(5.96e-8);
const largest = bitsOf(65504);
const smallestNormal = bitsOf(2 ** -14);
const infinity = bitsOf(Infinity);

function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
}

/**
 * float32 values as float16 bit patterns, to nearest even. What would become zero or infinite is kept as the smallest
 * or largest float16, so that a weight neither vanishes nor spoils every sum. Zero, NaN and infinity stay.
 * Source: ONNX Runtime 1.30, transformers/float16.py (convert_np_to_float16).
 */
export function toFloat16Bits(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let index = 0; index < bits.length; index += 1) {
    const pattern = bits[index]!;
    halves[index] = ((pattern >>> 16) & 0x8000) | magnitudeToHalf(pattern & 0x7fffffff);
  }
  return halves;
}

function magnitudeToHalf(magnitude: number): number {
  if (magnitude >= infinity) return magnitude === infinity ? 0x7c00 : 0x7e00;
  if (magnitude > largest) return 0x7bff;
  // 112 is the difference of the biases of the two exponents. Rounding up may carry into the exponent, which is right.
  if (magnitude >= smallestNormal) return roundShifted(magnitude - (112 << 23), 13);
  if (magnitude < smallest) return magnitude === 0 ? 0 : 1;
  return roundShifted((magnitude & 0x7fffff) | 0x800000, 126 - (magnitude >>> 23));
}

/** value / 2^shift, half to even. */
function roundShifted(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}
