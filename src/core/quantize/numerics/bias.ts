import { roundHalfToEven } from './round.ts';

const int32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/**
 * Biases as int32 at the scale of the products they are added to: input scale times weight scale, a float32 product,
 * for each channel or one for all, times what the operator multiplies the bias with. Source: ONNX Runtime 1.30,
 * quantize_bias_static.
 */
export function quantizeBias(
  bias: Float32Array,
  inputScale: number,
  weightScales: Float32Array,
  beta = 1,
): { values: Int32Array<ArrayBuffer>; scales: Float32Array<ArrayBuffer> } {
  const scales = Float32Array.from(weightScales, (scale) => Math.fround(inputScale * scale) * beta);
  const values = Int32Array.from(bias, (value, index) => {
    const scale = scales[scales.length === 1 ? 0 : index] ?? 1;
    return Math.min(int32.max, Math.max(int32.min, roundHalfToEven(value / scale)));
  });
  return { values, scales };
}
