import { describe, expect, it } from 'vitest';
import { batchCurve, type BatchPoint } from '../../../src/shared/charts/batch-curve.ts';
import { chartColors, seriesMark } from '../../../src/shared/charts/theme.ts';
import { renderToSvg, textsOf } from './render.ts';
import { style } from './samples.ts';

function point(batch: number, throughput: number, verdict: BatchPoint['verdict'] = 'VALID'): BatchPoint {
  const p50Ns = (batch / throughput) * 1e9;
  return {
    batch,
    throughput: { value: throughput, low: throughput * 0.98, high: throughput * 1.02 },
    p50Ns: { value: p50Ns, low: p50Ns * 0.98, high: null },
    verdict,
  };
}

const oneThread = { label: 'cpu · 1 thread', points: [point(8, 60), point(1, 40), point(4, 55, 'INVALID')] };
const fourThreads = { label: 'cpu · 4 threads', points: [point(1, 90), point(8, 160)] };

describe('the batch curve', () => {
  it('lists every point with intervals and verdict, in order of batch size', () => {
    const { table } = batchCurve([oneThread, fourThreads], style);
    expect(table.columns.map(({ unit }) => unit)).toEqual([
      null,
      null,
      'samples/s',
      'samples/s',
      'samples/s',
      'ms',
      'ms',
      'ms',
      null,
    ]);
    expect(table.rows.map(([label, batch, , , , , , high, verdict]) => [label, batch, high, verdict])).toEqual([
      ['cpu · 1 thread', 1, null, 'VALID'],
      ['cpu · 1 thread', 4, null, 'INVALID'],
      ['cpu · 1 thread', 8, null, 'VALID'],
      ['cpu · 4 threads', 1, null, 'VALID'],
      ['cpu · 4 threads', 8, null, 'VALID'],
    ]);
  });

  it('draws what the table says', () => {
    const { table, option } = batchCurve([oneThread, fourThreads], style);
    const rows = table.rows.filter(([label]) => label === 'cpu · 4 threads');
    expect(lineOf(option, 'throughput-1').data.map(({ value }) => value)).toEqual(
      rows.map(([, batch, throughput]) => [batch, throughput]),
    );
    expect(lineOf(option, 'latency-1').data.map(({ value }) => value)).toEqual(
      rows.map(([, batch, , , , latency]) => [batch, latency]),
    );
  });

  it('draws invalid points hollow, in both pictures', () => {
    const { option } = batchCurve([oneThread], style);
    for (const id of ['throughput-0', 'latency-0']) {
      const [valid, invalid] = lineOf(option, id).data;
      expect(invalid?.itemStyle).toEqual({
        color: chartColors.light.background,
        borderColor: seriesMark(0, 'light').color,
        borderWidth: 1.5,
      });
      expect(valid?.itemStyle).toBeUndefined();
    }
  });

  it('labels each line at its end, with its shape, in place of a legend', () => {
    const chart = batchCurve([oneThread, fourThreads], style);
    const texts = textsOf(renderToSvg(chart, { height: 440 }));
    expect(texts.filter((text) => text === 'cpu · 4 threads')).toHaveLength(2);
    expect(texts).toEqual(expect.arrayContaining(['●', '■', 'Batch size (log scale)', 'Throughput (samples/s)']));
    expect(chart.option).not.toHaveProperty('legend');
  });

  it('says which valid batch size gives the largest throughput', () => {
    const best = { label: 'cpu', points: [point(1, 40), point(2, 44), point(4, 90, 'INVALID')] };
    expect(batchCurve([best], style).summary).toBe(
      'cpu: largest throughput 44 samples/s at batch size 2, 1 of 3 invalid.',
    );
  });

  it('shows the row of a point under the pointer', () => {
    const { option } = batchCurve([oneThread, fourThreads], style);
    const { formatter } = option.tooltip as unknown as { formatter: (params: unknown) => string };
    const text = formatter({ seriesId: 'latency-1', dataIndex: 1 });
    expect(text).toContain('Configuration  cpu · 4 threads');
    expect(text).toContain('Throughput  160 samples/s');
    expect(text).toContain('Median latency  50 ms');
    expect(formatter({ seriesId: 'labels-latency', dataIndex: 0 })).toBe('');
  });
});

interface Line {
  id: string;
  data: { value: number[]; itemStyle?: object }[];
}

function lineOf(option: object, id: string): Line {
  const { series } = option as { series: Line[] };
  return series.find((one) => one.id === id)!;
}
