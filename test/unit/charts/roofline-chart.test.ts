import { describe, expect, it } from 'vitest';
import { findClearBox, type Box } from '../../../src/shared/charts/clear-labels.ts';
import { rooflineChart } from '../../../src/shared/charts/roofline-chart.ts';
import { sampleRoofline } from './profile-samples.ts';
import { renderToSvg, textsOf } from './render.ts';
import { style } from './samples.ts';

function linesOf(achieved: number): [number, number][][] {
  const { series } = rooflineChart(sampleRoofline(achieved), 'model', style).option as {
    series: { type: string; data: [number, number][] }[];
  };
  return series.filter(({ type }) => type === 'line').map(({ data }) => data);
}

it('draws one line for each peak, up its slope to its own ridge and then flat', () => {
  const lines = linesOf(4e10);
  // Peaks over the copy rate of 10 GB/s, in GFLOP/s.
  expect(lines.map((line) => line[1])).toEqual([
    [10, 100],
    [30, 300],
    [5, 50],
  ]);
  for (const [start, ridge, end] of lines) {
    expect(start![1] / start![0]).toBeCloseTo(10, 9);
    expect(end![1]).toBe(ridge![1]);
  }
});

it.each([1e9, 4e10, 5e10, 9.7e10, 1e11])('names the model and the copy rate at %d FLOP/s', (achieved) => {
  const texts = textsOf(renderToSvg(rooflineChart(sampleRoofline(achieved), 'model', style), { width: 700 }));
  expect(texts.some((text) => text.startsWith('model '))).toBe(true);
  expect(texts.some((text) => text.startsWith('copy '))).toBe(true);
});

it('says of a share above the whole that peaks measured beside other load mean nothing', () => {
  const roofline = sampleRoofline(1.4e11);
  const disturbed = { ...roofline, peaks: { ...roofline.peaks, otherLoad: 0.3 } };
  const words = 'but the peaks were measured beside other load and mean nothing.';
  expect(rooflineChart(disturbed, 'model', style).summary).toContain(`140 % of the FP32 peak of 100 GFLOP/s, ${words}`);
  expect(rooflineChart(roofline, 'model', style).summary).not.toContain(words);
});

describe('the label of a point', () => {
  const plot: Box = { x: 0, y: 0, width: 400, height: 200 };
  const touches = ({ y, height }: Box, at: number): boolean => y <= at && at <= y + height;

  it('stands right of it where nothing is there', () => {
    expect(findClearBox([100, 100], 80, plot, [], [])).toEqual({ x: 109, y: 92, width: 80, height: 16 });
  });

  it('moves off a line at its height', () => {
    const line = [
      [50, 100],
      [400, 100],
    ] as const;
    expect(touches(findClearBox([100, 100], 80, plot, [line], []), 100)).toBe(false);
  });

  it('moves off a slope, and stays inside the plot', () => {
    const slope = [
      [300, 200],
      [400, 0],
    ] as const;
    const box = findClearBox([350, 100], 80, plot, [slope], []);
    // The slope is right of the box at its lower edge, or left of it at its upper one.
    const slopeAt = (y: number): number => 400 - y / 2;
    expect(box.x + box.width < slopeAt(box.y + box.height) || box.x > slopeAt(box.y)).toBe(true);
    expect(box.x + box.width).toBeLessThanOrEqual(plot.width);
  });

  it('leaves the place that another label took', () => {
    const taken = findClearBox([100, 100], 80, plot, [], []);
    const other = findClearBox([100, 100], 80, plot, [], [taken]);
    expect(other.x >= taken.x + taken.width || other.x + 80 <= taken.x || Math.abs(other.y - taken.y) >= 16).toBe(true);
  });
});
