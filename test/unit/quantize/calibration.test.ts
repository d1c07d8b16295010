import { describe, expect, it } from 'vitest';
import { entropyRange } from '../../../src/core/quantize/calibration/entropy.ts';
import { countBins, type Histogram } from '../../../src/shared/calibration/histogram.ts';
import { percentileRange } from '../../../src/core/quantize/calibration/percentile.ts';
import { addToHistogram } from '../../../src/core/quantize/calibration/symmetric-histogram.ts';
import { rangeOf, type ValueRange } from '../../../src/shared/calibration/value-range.ts';

/** Values that are exact in float32, with two outliers in A (docs/method/quantization.md, golden vectors). */
const raw = Float32Array.from({ length: 20_000 }, (_, index) => ((index * 7919) % 10007) - 5003);
const a = raw.map((value) => (Math.abs(value / 1024) >= 1 ? value / 4096 : value / 1024));
a[17] = 9.5;
a[23] = -7.25;
const b = raw.map((value) => (Math.abs(value) / 512 >= 2 ? Math.abs(value) / 4096 : Math.abs(value) / 512));

function observe(values: Float32Array): ValueRange {
  const observed = rangeOf(values);
  if (observed === null) throw new Error('no value');
  return observed;
}

function percentile(values: Float32Array, share: number, symmetric: boolean): ValueRange {
  const observed = observe(values);
  const magnitudes = values.map(Math.abs);
  const { low, high } = observe(magnitudes);
  const histogram: Histogram = symmetric
    ? countBins(magnitudes, 2048, low, high)
    : countBins(values, 2048, -high, high);
  return percentileRange(histogram, { percentile: share, symmetric, observed });
}

function entropy(batches: readonly Float32Array[], bins: number): ValueRange & { bins: number } {
  const grown = batches.reduce<ReturnType<typeof addToHistogram>>(
    (before, batch) => addToHistogram(before, batch, bins),
    null,
  );
  if (grown === null) throw new Error('no value');
  return {
    ...entropyRange(grown.histogram, { quantizedBins: 128, observed: grown.observed }),
    bins: grown.histogram.counts.length,
  };
}

describe('percentile calibration gives the thresholds of ONNX Runtime', () => {
  it.each([
    [99.9, true, -1.219970703125, 1.219970703125, 0, 1.9892663955688477],
    [99.9, false, -1.224609375, 1.21533203125, 0.003902435302734375, 1.9921932220458984],
    [99.999, true, -7.25, 9.495361328125, 0, 1.9970712661743164],
  ])('%d, symmetric %s', (share, symmetric, lowA, highA, lowB, highB) => {
    expect(percentile(a, share, symmetric)).toEqual({ low: lowA, high: highA });
    expect(percentile(b, share, symmetric)).toEqual({ low: lowB, high: highB });
  });
});

describe('entropy calibration', () => {
  it('with as many bins as quantized bins is the observed range', () => {
    expect(entropy([a], 128)).toEqual({ low: -7.25, high: 9.5, bins: 128 });
    expect(entropy([b], 128)).toEqual({ low: 0, high: 1.998046875, bins: 128 });
  });

  it('with 2,048 bins cuts the outliers within a few bins of where numpy, summing in float32, cuts them', () => {
    const { low, high } = entropy([a], 2048);
    const binWidth = 19 / 2048;
    expect(Math.abs(low + 2.31005859375)).toBeLessThan(5 * binWidth);
    expect(Math.abs(high - 2.3193359375)).toBeLessThan(5 * binWidth);
    expect(entropy([b], 2048)).toMatchObject({ low: 0, high: 1.998046875 });
  });

  it('adds whole bins for a batch that reaches further, and none for one that does not', () => {
    const doubled = a.map((value) => 2 * value);
    expect(entropy([a, doubled], 128)).toEqual({ low: -14.5, high: 16.4765625, bins: 258 });
    expect(entropy([doubled, a], 128)).toEqual({ low: -14.5, high: 19, bins: 128 });
  });
});
