import { typeRange, type IntegerType } from './integer-types.ts';
import { roundHalfToEven } from './round.ts';
import type { QuantizationParameters } from './scale.ts';

/** A byte for each element; int8 and int4 as two's complement in an Int8Array. */
export type QuantizedValues = Uint8Array<ArrayBuffer> | Int8Array<ArrayBuffer>;

/**
 * Quantizes float32 values with one scale: half to even after a float32 division, then clipped to the type; NaN
 * becomes the lowest value, as QuantizeLinear of ONNX Runtime does.
 */
export function quantizeValues(values: Float32Array, parameters: QuantizationParameters): QuantizedValues {
  const quantized = createQuantized(parameters.type, values.length);
  quantizeInto(quantized, values, parameters, 0, values.length, 1);
  return quantized;
}

/** A weight with a scale for each channel. */
export interface ChannelLayout {
  /** Elements of one channel that lie together; the product of the dimensions after the axis. */
  inner: number;
  /** Length of the axis. */
  channels: number;
}

/** Quantizes a tensor whose channels have `parameters[channel]`; elements are in row-major order. */
export function quantizeChannels(
  values: Float32Array,
  { inner, channels }: ChannelLayout,
  parameters: readonly QuantizationParameters[],
): QuantizedValues {
  const [first] = parameters;
  if (first === undefined || parameters.length !== channels) throw new RangeError('One scale per channel is needed.');
  const quantized = createQuantized(first.type, values.length);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let start = channel * inner; start < values.length; start += channels * inner) {
      quantizeInto(quantized, values, parameters[channel] ?? first, start, start + inner, 1);
    }
  }
  return quantized;
}

/** Smallest and largest value of each channel; NaN is left out, an empty channel has 0 and 0. */
export function channelRanges(
  values: Float32Array,
  { inner, channels }: ChannelLayout,
): { low: number; high: number }[] {
  return Array.from({ length: channels }, (_, channel) => {
    let low = Infinity;
    let high = -Infinity;
    for (let start = channel * inner; start < values.length; start += channels * inner) {
      for (let index = start; index < start + inner; index += 1) {
        const value = values[index]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    return low <= high ? { low, high } : { low: 0, high: 0 };
  });
}

function createQuantized(type: IntegerType, length: number): QuantizedValues {
  return type === 'int8' || type === 'int4' ? new Int8Array(length) : new Uint8Array(length);
}

function quantizeInto(
  target: QuantizedValues,
  values: Float32Array,
  { type, scale, zeroPoint }: QuantizationParameters,
  from: number,
  to: number,
  step: number,
): void {
  const { min, max } = typeRange(type);
  for (let index = from; index < to; index += step) {
    const quantized = roundHalfToEven(Math.fround(values[index]! / scale)) + zeroPoint;
    // Written so that NaN, which is in no order, ends at the minimum.
    target[index] = quantized > min ? Math.min(quantized, max) : min;
  }
}
