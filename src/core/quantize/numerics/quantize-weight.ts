import type { ChannelLayout } from './quantize-values.ts';
import { toQuantizationParameters } from './scale.ts';

/** Added and taken away again, it leaves the nearest whole float32, halves to even, for magnitudes below 2^22. */
const rounding = 12_582_912;

/** Scales of a symmetric int8 weight, one for each channel. */
export function weightScales(
  values: Float32Array,
  { inner, channels }: ChannelLayout,
  reduceRange: boolean,
): Float32Array<ArrayBuffer> {
  const magnitudes = new Float32Array(channels);
  for (let index = 0; index < values.length;) {
    for (let channel = 0; channel < channels; channel += 1) {
      let largest = magnitudes[channel]!;
      for (const end = index + inner; index < end; index += 1) {
        const magnitude = Math.abs(values[index]!);
        if (magnitude > largest) largest = magnitude;
      }
      magnitudes[channel] = largest;
    }
  }
  return magnitudes.map(
    (magnitude) => toQuantizationParameters(-magnitude, magnitude, 'int8', { symmetric: true, reduceRange }).scale,
  );
}

/** Quantizes finite values symmetrically to int8: the same numbers as `quantizeChannels`, several times faster. */
export function quantizeWeight(
  values: Float32Array,
  { inner, channels }: ChannelLayout,
  scales: Float32Array,
): Int8Array<ArrayBuffer> {
  const quantized = new Int8Array(values.length);
  const { fround } = Math;
  for (let index = 0; index < values.length;) {
    for (let channel = 0; channel < channels; channel += 1) {
      const scale = scales[channel]!;
      for (const end = index + inner; index < end; index += 1) {
        // At most 127.5 in magnitude, because scales are never smaller than what the largest value needs.
        const rounded = fround(fround(fround(values[index]! / scale) + rounding) - rounding);
        quantized[index] = rounded > 127 ? 127 : rounded;
      }
    }
  }
  return quantized;
}

/** Steps between the ends of int32, the lowest left out. */
const int32Steps = 2 ** 32 - 2;
/** A little more than needed, so that rounding cannot reach beyond the type. */
const margin = 1.0001;

/**
 * Enlarges scales of a weight in place where the bias, as int32 at the scale of the products, would overflow. float32
 * and float64 alternate as in ONNX Runtime 1.30 (_adjust_weight_scale_for_int32_bias), because files are compared byte
 * by byte.
 */
export function enlargeForBias(scales: Float32Array, inputScale: number, bias: Float32Array): void {
  const isPerChannel = scales.length > 1;
  const largest = isPerChannel ? 0 : bias.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let channel = 0; channel < scales.length; channel += 1) {
    const numerator = isPerChannel
      ? Math.fround(Math.fround(margin) * Math.fround(2 * Math.abs(bias[channel] ?? 0)))
      : margin * (2 * largest);
    const needed = numerator / int32Steps;
    const scale = scales[channel]!;
    const found = inputScale * scale;
    if (found > 0 && found < needed) scales[channel] = scale * (needed / found);
  }
}
