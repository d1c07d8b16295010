import { describe, expect, it } from 'vitest';
import { batchCurve } from '../../../src/shared/charts/batch-curve.ts';
import type { Chart, ChartStyle } from '../../../src/shared/charts/chart.ts';
import { latencyDistribution } from '../../../src/shared/charts/latency-distribution.ts';
import { latencyHistogram } from '../../../src/shared/charts/latency-histogram.ts';
import { latencyOverTime } from '../../../src/shared/charts/latency-over-time.ts';
import { liveTrace } from '../../../src/shared/charts/live-trace.ts';
import { pairRatios } from '../../../src/shared/charts/pair-ratios.ts';
import { speedupSoFar } from '../../../src/shared/charts/speedup-so-far.ts';
import { stageTimes } from '../../../src/shared/charts/stages.ts';
import { renderToSvg, textsOf } from './render.ts';
import { percentile, sampleChart, style } from './samples.ts';

type Draw = (style: ChartStyle) => Chart;

function chartsOf(n: number, points: number): [name: string, draw: Draw][] {
  const data = n === 0 ? nothing : sampleChart(n, 1.2e6, 30, points);
  const percentiles = n < 2 ? [] : [percentile(50, 1.2e6, 1e4), percentile(99, 3.6e7, 1e6)];
  const estimate = (value: number) => ({ value, low: value * 0.9, high: value * 1.1 });
  const batches = Array.from({ length: Math.min(n, 2_000) }, (_, index) => ({
    batch: index + 1,
    throughput: estimate(40 + index),
    p50Ns: estimate(2.5e7 + index),
    verdict: 'VALID' as const,
  }));
  const pairs = Array.from({ length: Math.min(n, 2_000) }, (_, index) => 1.2e6 * (1 + 0.02 * Math.sin(index)));
  const speedup = {
    value: 1.5,
    unit: '1',
    kind: 'measured',
    n,
    interval: { low: 1.48, high: 1.52, level: 0.95, method: 't' },
  } as const;
  return [
    [
      'pairs of a comparison',
      (to) =>
        pairRatios(
          {
            baselineNs: pairs,
            candidateNs: pairs.map((ns, index) => ns / (1.5 + 0.01 * Math.cos(index))),
            margin: 0.02,
            speedup: n < 3 ? null : speedup,
            counts: n !== 2,
          },
          to,
        ),
    ],
    [
      'speed-up so far',
      (to) =>
        speedupSoFar(
          {
            points: pairs.map((_, index) => ({
              pairs: index + 1,
              value: 1.5,
              low: index < 2 ? null : 1.4,
              high: index < 2 ? null : 1.6,
            })),
            margin: 0.02,
          },
          to,
        ),
    ],
    ['latency over time', (to) => latencyOverTime({ ...data, percentiles }, to)],
    ['distribution', (to) => latencyDistribution({ ...data, percentiles }, to)],
    ['histogram', (to) => latencyHistogram({ ...data, percentiles }, to)],
    ['batch curve', (to) => batchCurve(n === 0 ? [] : [{ label: 'cpu', points: batches }], to)],
    ['live trace', (to) => liveTrace({ elapsedNs: data.overTime.fromNs, latencyNs: data.overTime.maxNs }, to)],
    [
      'live trace with sensors',
      (to) => {
        const elapsedNs = data.overTime.fromNs;
        const clock = { id: 'clock', label: 'Clock', unit: 'Hz' as const, elapsedNs, value: elapsedNs.map(() => 3e9) };
        const heat = { ...clock, id: 'heat', label: 'Heat', unit: '°C' as const, value: elapsedNs.map((_, at) => at) };
        return liveTrace({ elapsedNs, latencyNs: data.overTime.maxNs, sensors: [clock, heat] }, to);
      },
    ],
  ];
}

const nothing = {
  n: 0,
  overTime: { fromNs: [], minNs: [], medianNs: [], maxNs: [] },
  distribution: { latencyNs: [], share: [] },
};
const noStages = {
  sessionCreationNs: 0,
  firstInferenceNs: 0,
  warmUp: { runs: 0, durationNs: 0, steady: false },
  measured: { queries: 0, durationNs: 0 },
};

describe.each([
  ['no queries', 0, 1_000],
  ['one query', 1, 1_000],
  ['two queries', 2, 1_000],
  ['600 queries', 600, 1_000],
  ['200,000 queries', 200_000, 4_000],
])('with %s', (_, n, points) => {
  const stages: [string, Draw] = ['stages', (to) => stageTimes(noStages, to)];
  it.each([...chartsOf(n, points), ...(n === 0 ? [stages] : [])])('the %s draws and holds no NaN', (_name, draw) => {
    for (const width of [480, 1_200]) {
      const chart = draw(style);
      const svg = renderToSvg(chart, { width, height: 440 });
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      expect(chart.summary).not.toMatch(/NaN|Infinity|undefined/);
      const numbers = chart.table.rows.flat().filter((cell) => typeof cell === 'number');
      expect(numbers.every(Number.isFinite)).toBe(true);
      for (const row of chart.table.rows) expect(row).toHaveLength(chart.table.columns.length);
    }
  });
});

describe('every chart', () => {
  const charts = chartsOf(600, 300);

  it.each(charts)('(%s) asks a question, describes itself and does not move', (_, draw) => {
    const { question, summary, option } = draw(style);
    expect(question).toMatch(/^[A-Z].*\?$/);
    expect(option).toMatchObject({ animation: false, aria: { enabled: true, label: { description: summary } } });
  });

  it.each(charts)('(%s) writes tooltips without HTML', (_, draw) => {
    const { tooltip } = draw(style).option as { tooltip?: { renderMode: string } };
    expect(tooltip?.renderMode ?? 'richText').toBe('richText');
  });

  it.each(charts)('(%s) is drawn in the colours of its scheme', (_, draw) => {
    const dark = renderToSvg(draw({ ...style, colorScheme: 'dark' }), { height: 440 });
    const light = renderToSvg(draw(style), { height: 440 });
    expect(textsOf(dark)).toEqual(textsOf(light));
    expect(dark).toContain('#56B4E9');
    expect(light).not.toContain('#56B4E9');
  });

  it.each(charts)('(%s) follows the locale', (_, draw) => {
    const german = textsOf(renderToSvg(draw({ ...style, locale: 'de-DE' }), { height: 440 }));
    expect(german.filter((text) => /^\d+\.\d{1,2}( |$)/.test(text))).toEqual([]);
  });
});
