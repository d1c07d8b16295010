import { describe, expect, it } from 'vitest';
import { quantizeBias } from '../../../src/core/quantize/numerics/bias.ts';
import { enlargeForBias, quantizeWeight, weightScales } from '../../../src/core/quantize/numerics/quantize-weight.ts';
import { channelRanges, quantizeChannels } from '../../../src/core/quantize/numerics/quantize-values.ts';
import { toQuantizationParameters } from '../../../src/core/quantize/numerics/scale.ts';

const weight = Float32Array.from({ length: 4 * 3 * 5 }, (_, index) => Math.sin(index * 12.9898) * (1 + (index % 7)));

describe('a weight', () => {
  it.each([
    ['the first axis', { channels: 4, inner: 15 }],
    ['the middle axis', { channels: 3, inner: 5 }],
    ['the last axis', { channels: 5, inner: 1 }],
    ['no axis', { channels: 1, inner: 60 }],
  ])('by %s has the scales and values of the general rule', (_, layout) => {
    for (const reduceRange of [false, true]) {
      const parameters = channelRanges(weight, layout).map(({ low, high }) =>
        toQuantizationParameters(low, high, 'int8', { symmetric: true, reduceRange }),
      );
      const scales = weightScales(weight, layout, reduceRange);
      expect([...scales]).toEqual(parameters.map(({ scale }) => scale));
      expect(quantizeWeight(weight, layout, scales)).toEqual(quantizeChannels(weight, layout, parameters));
    }
  });

  it('without elements has none', () => {
    const layout = { channels: 3, inner: 1 };
    expect([...weightScales(new Float32Array(), layout, false)]).toEqual([1, 1, 1]);
    expect(quantizeWeight(new Float32Array(), layout, Float32Array.of(1, 1, 1))).toHaveLength(0);
  });
});

describe('a scale that is too small for the bias as int32', () => {
  const inputScale = Math.fround(1e-7);
  const bias = Float32Array.of(5.3, -3.7, 0);

  it('is enlarged to what ONNX Runtime computes, channel by channel', () => {
    const scales = Float32Array.of(1e-6, 0.01, 1e-9);
    enlargeForBias(scales, inputScale, bias);
    expect([...scales]).toEqual([0.02468251809477806, 0.01723119057714939, 9.999999717180685e-10]);
  });

  it('is enlarged for the largest value where there is one scale', () => {
    const scales = Float32Array.of(1e-6);
    enlargeForBias(scales, inputScale, bias);
    expect([...scales]).toEqual([0.02468251623213291]);
    const { values } = quantizeBias(bias, inputScale, scales);
    expect(Math.max(...values)).toBeLessThan(2 ** 31 - 1);
    expect(Math.max(...values)).toBeGreaterThan(2 ** 31 * 0.999);
  });
});

it('a factor on the bias goes into its scale', () => {
  const { values, scales } = quantizeBias(Float32Array.of(1, -2), 0.5, Float32Array.of(0.25, 0.5), 2);
  expect([...scales]).toEqual([0.25, 0.5]);
  expect([...values]).toEqual([4, -4]);
});
