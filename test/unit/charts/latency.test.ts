import { describe, expect, it } from 'vitest';
import { toBins } from '../../../src/shared/charts/bins.ts';
import { latencyDistribution } from '../../../src/shared/charts/latency-distribution.ts';
import { latencyHistogram } from '../../../src/shared/charts/latency-histogram.ts';
import { latencyOverTime } from '../../../src/shared/charts/latency-over-time.ts';
import { renderToSvg, textsOf } from './render.ts';
import { percentile, sampleChart, style } from './samples.ts';

const percentiles = [percentile(50, 1_204_000, 11_000), percentile(99, 2_510_000, 280_000)];

describe('latency over time', () => {
  it('shows range and median of slices, in one unit for each axis', () => {
    const { overTime, n } = sampleChart(5_000, 1.2e6, 2);
    const { table, option } = latencyOverTime({ n, overTime }, style);
    expect(table.columns.map(({ label, unit }) => `${label} ${String(unit)}`)).toEqual([
      'From s',
      'Smallest ms',
      'Median ms',
      'Largest ms',
    ]);
    expect(table.rows[7]).toEqual([
      overTime.fromNs[7]! / 1e9,
      overTime.minNs[7]! / 1e6,
      overTime.medianNs[7]! / 1e6,
      overTime.maxNs[7]! / 1e6,
    ]);
    expect(seriesData(option, 'rows')).toEqual(table.rows.map(([at, , median]) => [at, median]));
    expect(seriesData(option, 'range')).toEqual(table.rows.map(([at, low, , high]) => [at, low, high]));
  });

  it('shows every query as a point where there are no more queries than slices', () => {
    const { overTime, n } = sampleChart(240, 27e6, 1.5);
    const { table, option } = latencyOverTime({ n, overTime }, style);
    expect(table.columns.map(({ label }) => label)).toEqual(['Time since start', 'Latency']);
    expect(seriesData(option, 'rows')).toHaveLength(240);
  });

  it('names its levels and the stretches that were different, in the picture and in the table', () => {
    const { overTime, n } = sampleChart(1_000, 1.2e6, 2, 200);
    const [fromNs, toNs] = [overTime.fromNs[100]!, overTime.fromNs[150]!];
    const spans = [{ fromNs, toNs, label: 'throttled' }];
    const chart = latencyOverTime({ n, overTime, percentiles, limitNs: 4e6, spans }, style);
    expect(textsOf(renderToSvg(chart))).toEqual(
      expect.arrayContaining(['throttled', 'p50 1.204 ms', 'p99 2.51 ms', 'limit 4 ms']),
    );
    expect(chart.table.rows[120]!.at(-1)).toBe('throttled');
    expect(chart.table.rows[10]!.at(-1)).toBeNull();
  });

  it('says so when a long tail needs a log axis', () => {
    const { overTime, n } = sampleChart(5_000, 1.2e6, 40);
    expect(textsOf(renderToSvg(latencyOverTime({ n, overTime }, style)))).toContain('Latency (ms, log scale)');
    const linear = textsOf(renderToSvg(latencyOverTime({ n, overTime, scale: 'linear' }, style)));
    expect(linear).toContain('Latency (ms)');
    expect(linear).toContain('0');
  });
});

describe('the distribution', () => {
  it('lists percentiles with their intervals, then every step of the curve', () => {
    const data = sampleChart(5_000, 1.2e6, 2);
    const { table, option } = latencyDistribution({ ...data, percentiles }, style);
    expect(table.rows[1]).toEqual([2.51, 99, 'p99', 2.23, 2.79]);
    const [beginning, ...steps] = seriesData(option, 'rows');
    expect(beginning).toEqual([data.distribution.latencyNs[0]! / 1e6, 0]);
    expect(steps).toEqual(table.rows.slice(2).map(([latency, share]) => [latency, share]));
    expect(seriesData(option, 'interval-p99')).toEqual([
      [2.23, 0, 99],
      [2.79, 0, 99],
    ]);
  });

  it('draws an interval without an upper bound to the end of what was seen', () => {
    const data = sampleChart(50, 1.2e6, 2);
    const open = { percentile: 90, latencyNs: 1_260_000, lowNs: 1_250_000, highNs: null };
    const { table, option } = latencyDistribution({ ...data, percentiles: [open] }, style);
    expect(table.rows[0]).toEqual([1.26, 90, 'p90', 1.25, null]);
    expect(seriesData(option, 'interval-p90')[1]![0]).toBe(data.distribution.latencyNs.at(-1)! / 1e6);
  });

  it('keeps the labels of near percentiles apart at every width', () => {
    const near = [50, 90, 95, 99, 99.9].map((one) => percentile(one, 1_200_000 + one * 100, 5_000));
    const chart = latencyDistribution({ ...sampleChart(5_000, 1.2e6, 2), percentiles: near }, style);
    for (const width of [480, 1_200]) {
      const heights = [...renderToSvg(chart, { width }).matchAll(/ y="([\d.]+)"[^>]*>p[\d.]+ /g)]
        .map(([, y]) => Number(y))
        .sort((one, other) => one - other);
      expect(heights).toHaveLength(5);
      for (let index = 1; index < 5; index++) expect(heights[index]! - heights[index - 1]!).toBeGreaterThanOrEqual(14);
    }
  });

  it('shows the limit', () => {
    const chart = latencyDistribution({ ...sampleChart(500, 1.2e6, 2), limitNs: 5e6 }, style);
    expect(textsOf(renderToSvg(chart))).toContain('limit 5 ms');
  });
});

describe('the histogram', () => {
  it('has readable bins of one width that hold every query', () => {
    const data = sampleChart(5_000, 1.2e6, 2);
    const { edgesNs, shares, step } = toBins(data, 'linear');
    expect(String(step)).toMatch(/^[125]0*$/);
    expect(edgesNs.every((edge) => edge % step === 0)).toBe(true);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(edgesNs[0]).toBeLessThanOrEqual(data.distribution.latencyNs[0]!);
    expect(edgesNs.at(-1)).toBeGreaterThan(data.distribution.latencyNs.at(-1)!);
  });

  it('counts what lies on an edge into the bin that begins there', () => {
    const latencyNs = [100, 150, 200, 200, 250, 300, 1_000];
    const share = latencyNs.map((_, index) => (index + 1) / latencyNs.length);
    const { edgesNs, shares, step } = toBins({ n: 7, distribution: { latencyNs, share } }, 'linear');
    const counts = shares.map((one) => Math.round(one * 7));
    expect(counts[edgesNs.indexOf(200)]).toBe(latencyNs.filter((ns) => ns >= 200 && ns < 200 + step).length);
    expect(counts[edgesNs.indexOf(1_000)]).toBe(1);
  });

  it('says the width of its bins, or their ratio on a log axis', () => {
    const linear = textsOf(renderToSvg(latencyHistogram(sampleChart(5_000, 1.2e6, 2), style)));
    expect(linear.find((text) => text.startsWith('Queries'))).toMatch(/^Queries \(%, per bin of \d+ µs\)$/);
    const log = textsOf(renderToSvg(latencyHistogram(sampleChart(5_000, 1.2e6, 40), style)));
    expect(log.find((text) => text.startsWith('Queries'))).toMatch(/^Queries \(%, \d+ bins per power of ten\)$/);
    expect(log).toContain('Latency (ms, log scale)');
  });

  it('names every percentile that it draws, near ones together', () => {
    const marked = [percentile(50, 1_204_000, 0), percentile(90, 2_500_000, 0), percentile(95, 2_510_000, 0)];
    const chart = latencyHistogram({ ...sampleChart(5_000, 1.2e6, 2), percentiles: marked }, style);
    expect(textsOf(renderToSvg(chart))).toEqual(expect.arrayContaining(['p50', 'p90, p95']));
  });

  it('keeps names that meet at the edge of the plot in order', () => {
    const marked = [90, 95, 99, 99.9].map((one) => percentile(one, 2_500_000 + one * 1_000, 0));
    const chart = latencyHistogram({ ...sampleChart(5_000, 1.2e6, 2), percentiles: marked, limitNs: 2_700_000 }, style);
    const names = textsOf(renderToSvg(chart)).filter((text) => /p99|limit/.test(text));
    expect(names).toEqual(['p90, p95, p99, p99.9, limit 2.70 ms']);
  });

  it('draws the bins of its table', () => {
    const { table, option } = latencyHistogram({ ...sampleChart(5_000, 1.2e6, 2), percentiles }, style);
    expect(seriesData(option, 'rows')).toEqual(table.rows);
    expect(table.columns.map(({ unit }) => unit)).toEqual(['ms', 'ms', '%']);
  });
});

function seriesData(option: object, id: string): number[][] {
  const { series } = option as { series: { id: string; data: number[][] }[] };
  return series.find((one) => one.id === id)?.data ?? [];
}
