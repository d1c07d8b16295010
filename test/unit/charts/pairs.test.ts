import { describe, expect, it } from 'vitest';
import { pairRatios, type PairRatios } from '../../../src/shared/charts/pair-ratios.ts';
import { marginBounds, ratioTicks, speedupAxis } from '../../../src/shared/charts/ratio-axis.ts';
import { speedupSoFar } from '../../../src/shared/charts/speedup-so-far.ts';
import { renderToSvg, textsOf } from './render.ts';
import { style } from './samples.ts';

const data: PairRatios = {
  baselineNs: [2e6, 3e6, 4e6],
  candidateNs: [1e6, 1.5e6, 5e6],
  margin: 0.02,
  speedup: {
    value: 1.5,
    unit: '1',
    kind: 'measured',
    n: 3,
    interval: { low: 1.2, high: 1.9, level: 0.95, method: 'test' },
  },
  counts: true,
};

describe('the axis of speed-ups', () => {
  it.each([
    [0.93, 1.09],
    [0.5, 1.4],
    [0.2, 4],
    [0.9, 400],
  ])('from %d to %d is labelled at 1 and within, not too often', (smallest, largest) => {
    const ticks = ratioTicks(smallest, largest);
    expect(ticks).toContain(1);
    expect(ticks.length).toBeGreaterThan(2);
    expect(ticks.length).toBeLessThanOrEqual(8);
    expect(ticks.every((tick) => tick >= smallest && tick <= largest)).toBe(true);
  });

  it('holds the margin, however far the pairs are from it', () => {
    const { low, high } = marginBounds(0.02);
    expect(low * high).toBeCloseTo(1, 12);
    const axis = speedupAxis([7, 8], 0.02, style);
    expect(axis.min).toBeLessThan(low);
    expect(axis.max).toBeGreaterThan(8);
  });
});

describe('the pairs of a comparison', () => {
  it('are told with their mean, and how many lie on either side of the margin', () => {
    expect(pairRatios(data, style).summary).toMatch(
      /^3 pairs, speed-up from 0\.800 × to 2 ×\. Mean 1\.50 ×, interval 1\.20 – 1\.90\. .*: 2 above it, 1 below it\.$/,
    );
  });

  it('are drawn hollow where they are no result', () => {
    const { option, summary } = pairRatios({ ...data, counts: false }, style);
    const series = option.series as { id?: string; itemStyle?: { borderColor?: string } }[];
    expect(series.find(({ id }) => id === 'rows')?.itemStyle?.borderColor).toBeDefined();
    expect(summary).toContain('They are no result.');
  });

  it('have their latencies and ratios in the table', () => {
    expect(pairRatios(data, style).table.rows).toEqual([
      [1, 2, 1, 2],
      [2, 3, 1.5, 2],
      [3, 4, 5, 0.8],
    ]);
  });

  it('name the mean and the margin beside the plot', () => {
    const texts = textsOf(renderToSvg(pairRatios(data, style), { height: 300 }));
    expect(texts).toEqual(expect.arrayContaining(['mean 1.50 ×', 'same, ± 2%']));
  });
});

describe('the speed-up so far', () => {
  it('says where it stands', () => {
    const points = [
      { pairs: 3, value: 1.2, low: null, high: null },
      { pairs: 10, value: 1.1, low: 1.05, high: 1.15 },
    ];
    expect(speedupSoFar({ points, margin: 0.02 }, style).summary).toBe(
      'After 10 pairs: 1.10 ×, interval 1.05 × to 1.15 ×.',
    );
    expect(speedupSoFar({ points: [], margin: 0.02 }, style).summary).toBe('No speed-up is known yet.');
  });
});
