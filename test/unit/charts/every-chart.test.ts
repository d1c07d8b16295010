import { describe, expect, it } from 'vitest';
import { batchCurve } from '../../../src/shared/charts/batch-curve.ts';
import { callSizes } from '../../../src/shared/charts/call-sizes.ts';
import type { Chart, ChartStyle } from '../../../src/shared/charts/chart.ts';
import { coldStarts } from '../../../src/shared/charts/cold-starts.ts';
import { idleGaps } from '../../../src/shared/charts/idle-gaps.ts';
import { instanceScaling } from '../../../src/shared/charts/instance-scaling.ts';
import { latencyDistribution } from '../../../src/shared/charts/latency-distribution.ts';
import { latencyHistogram } from '../../../src/shared/charts/latency-histogram.ts';
import { latencyOverTime } from '../../../src/shared/charts/latency-over-time.ts';
import { liveTrace } from '../../../src/shared/charts/live-trace.ts';
import { operatorTreemap } from '../../../src/shared/charts/operator-treemap.ts';
import { pairRatios } from '../../../src/shared/charts/pair-ratios.ts';
import { rateSearch } from '../../../src/shared/charts/rate-search.ts';
import { rooflineChart } from '../../../src/shared/charts/roofline-chart.ts';
import { sensorsOverTime } from '../../../src/shared/charts/sensors-over-time.ts';
import { speedupSoFar } from '../../../src/shared/charts/speedup-so-far.ts';
import { stageTimes } from '../../../src/shared/charts/stages.ts';
import { tokenRates, tokenTimes } from '../../../src/shared/charts/text-generation.ts';
import { throughputLatency } from '../../../src/shared/charts/throughput-latency.ts';
import { renderToSvg, textsOf } from './render.ts';
import { sampleOperators, sampleRoofline } from './profile-samples.ts';
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
    ...(n > 600 ? [] : loadCharts(Math.min(n, 40))),
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
    ['treemap of operators', (to) => operatorTreemap(sampleOperators(Math.min(n, 600)), to)],
    ['roofline', (to) => rooflineChart(sampleRoofline(n === 0 ? 0 : 4e10), 'model', to)],
    [
      'sensors over time',
      (to) => {
        const { overTime } = data;
        const clock = { id: 'clock', label: 'Clock', unit: 'Hz' as const, elapsedNs: overTime.fromNs };
        const sensors = [{ ...clock, value: overTime.fromNs.map(() => 3e9) }];
        const spans = [{ fromNs: 1e6, toNs: 4e6, label: 'throttled: heat of the processor' }];
        return sensorsOverTime({ latency: n === 1 ? null : overTime, sensors, spans: n === 2 ? [] : spans }, to);
      },
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

/** Pictures of scenarios and of matrices, with so many configurations; every third is invalid or without a number. */
function loadCharts(n: number): [name: string, draw: Draw][] {
  const estimate = (value: number, index: number) =>
    index % 3 === 2 ? null : { value, low: value * 0.9, high: index % 2 === 0 ? null : value * 1.1 };
  const each = <T>(make: (index: number, verdict: 'VALID' | 'INVALID') => T): T[] =>
    Array.from({ length: n }, (_, index) => make(index, index % 3 === 1 ? 'INVALID' : 'VALID'));
  const pauses = each((index, verdict) => ({
    pauseMs: index * 10,
    p50Ns: estimate(3e6 + index, index),
    p90Ns: estimate(4e6 + index, index + 1),
    verdict,
  }));
  const texts = each((index, verdict) => ({
    promptTokens: 2 ** (index % 20),
    firstTokenNs: estimate(3e7 * (index + 1), index),
    interTokenNs: estimate(9e6, index),
    prefillPerS: estimate(4_000, index),
    decodePerS: estimate(110, index),
    verdict,
  }));
  const steps = each((index) => ({
    index,
    purpose: index % 4 === 3 ? ('confirm' as const) : ('search' as const),
    ratePerS: 100 * (index + 1),
    verdict: (['kept', 'missed', 'unclear'] as const)[index % 3]!,
    latencyNs: index % 5 === 4 ? null : 4e6 * (1 + index),
  }));
  const rates = { steps, percentile: 99, highestConfirmedPerS: 400, lowestFailedPerS: 200 };
  const serviceLevel = { percentile: 99, latencyMs: 20 };
  const reading = (value: number, unit: 'ns' | 'samples/s', index: number) => ({
    value,
    unit,
    kind: 'measured' as const,
    n: 700,
    interval: index % 4 === 0 ? null : { low: value * 0.97, high: value * 1.03, level: 0.95, method: 'bootstrap' },
  });
  const places = each((index) => ({
    id: String(index),
    label: `batch ${index + 1}`,
    throughput: reading(50 + 10 * index, 'samples/s', index),
    latency: reading(2e7 * (index + 1), 'ns', index),
    isValid: index % 3 !== 1,
    isOnFront: index % 3 === 0,
  }));
  const tradeOff = {
    lines: n === 0 ? [] : [{ label: 'cpu', points: places }],
    percentile: 99,
    sweetSpotId: '0',
    pointedId: n > 1 ? '1' : null,
  };
  return [
    ['idle gaps', (to) => idleGaps(pauses, to)],
    ['times of tokens', (to) => tokenTimes(texts, to)],
    ['rates of tokens', (to) => tokenRates(texts, to)],
    [
      'sizes of calls',
      (to) =>
        callSizes(
          each((index) => ({ queries: index + 1, calls: 10 * (index + 1), meanServiceNs: 3e6 })),
          to,
        ),
    ],
    [
      'cold starts',
      (to) => {
        const stage = { processStartNs: 1.8e8, sessionCreationNs: 6e7, firstInferenceNs: 9e6, handOverNs: 1e7 };
        return coldStarts(
          each((index, verdict) => ({ ...stage, label: `model ${index}`, verdict })),
          to,
        );
      },
    ],
    [
      'instances',
      (to) =>
        instanceScaling(
          each((index, verdict) => ({ instances: index + 1, throughput: estimate(100 * (index + 1), index), verdict })),
          to,
        ),
    ],
    ['search for a rate', (to) => rateSearch({ ...rates, isSearch: true, serviceLevel }, to)],
    ['given rates', (to) => rateSearch({ ...rates, isSearch: false, serviceLevel: null }, to)],
    ['throughput and latency', (to) => throughputLatency({ ...tradeOff, serviceLevel }, to)],
    ['throughput and latency without a limit', (to) => throughputLatency({ ...tradeOff, serviceLevel: null }, to)],
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
