import { describe, expect, it } from 'vitest';
import { liveTrace, liveTraceHeightPx } from '../../../src/shared/charts/live-trace.ts';
import { stageTimes } from '../../../src/shared/charts/stages.ts';
import { renderToSvg, textsOf } from './render.ts';
import { style } from './samples.ts';

const stages = {
  sessionCreationNs: 412e6,
  firstInferenceNs: 61.2e6,
  warmUp: { runs: 37, durationNs: 1.02e9, steady: true },
  measured: { queries: 662, durationNs: 18.31e9 },
};

describe('stages', () => {
  it('are bars with their durations, on an axis that says it is a log axis', () => {
    const chart = stageTimes(stages, style);
    expect(textsOf(renderToSvg(chart))).toEqual(
      expect.arrayContaining([
        '412 ms',
        '61.2 ms',
        '1.02 s, 37 runs',
        '18.3 s, 662 queries',
        'Duration (s, log scale)',
      ]),
    );
    expect(chart.table.rows).toEqual([
      ['Session creation', 0.412, null],
      ['First inference', 0.0612, null],
      ['Warm-up', 1.02, '37 runs'],
      ['Measured', 18.31, '662 queries'],
    ]);
  });

  it('say what took no time, and that warm-up did not end', () => {
    const chart = stageTimes({ ...stages, warmUp: { runs: 0, durationNs: 0, steady: false } }, style);
    expect(textsOf(renderToSvg(chart))).toContain('none, 0 runs, not steady');
  });
});

describe('the live trace', () => {
  it('keeps what stands out and the last query when it is thinned out', () => {
    const elapsedNs = Array.from({ length: 100_000 }, (_, index) => index * 1e6);
    const latencyNs = elapsedNs.map((_, index) => (index === 54_321 ? 9e6 : 4e6 + (index % 7)));
    const { table } = liveTrace({ elapsedNs, latencyNs }, style);
    expect(table.rows.length).toBeLessThanOrEqual(400);
    expect(table.rows).toContainEqual([54.321, 9]);
    expect(table.rows.at(-1)?.[0]).toBe(99.999);
  });

  it('is still and does not react to the pointer', () => {
    const { option } = liveTrace({ elapsedNs: [0, 1e9], latencyNs: [4e6, 5e6] }, style);
    const { series, animation, tooltip } = option as {
      series: { silent: boolean }[];
      animation: boolean;
      tooltip?: object;
    };
    expect(series.every(({ silent }) => silent)).toBe(true);
    expect([animation, tooltip]).toEqual([false, undefined]);
  });

  it('has a panel for each sensor on the same time axis, its last value beside it, and its numbers in the table', () => {
    const elapsedNs = [0, 1e9, 2e9];
    const sensors = [
      { id: 'cpu-clock', label: 'Processor clock', unit: 'Hz' as const, elapsedNs, value: [3.2e9, 3.1e9, 2.45e9] },
      { id: 'cpu-temperature', label: 'Processor temperature', unit: '°C' as const, elapsedNs, value: [55, 61, 72.5] },
    ];
    const chart = liveTrace({ elapsedNs: [5e8, 1e9], latencyNs: [4e6, 5e6], sensors }, style);
    const texts = textsOf(renderToSvg(chart, { height: liveTraceHeightPx(2) }));
    expect(texts).toEqual(
      expect.arrayContaining(['Processor clock (GHz)', '2.45 GHz', 'Processor temperature (°C)', '72.5 °C']),
    );
    expect(texts.filter((text) => text.startsWith('Time since start'))).toHaveLength(1);
    const { xAxis } = chart.option as { xAxis: { min: number; max: number }[] };
    expect(xAxis.map(({ min, max }) => [min, max])).toEqual(Array(3).fill([0, 2]));
    expect(chart.table.columns.map(({ label, unit }) => `${label} ${unit}`)).toEqual([
      'Time since start s',
      'Latency ms',
      'Processor clock GHz',
      'Processor temperature °C',
    ]);
    expect(chart.table.rows).toEqual([
      [0, null, 3.2, 55],
      [0.5, 4, null, null],
      [1, 5, 3.1, 61],
      [2, null, 2.45, 72.5],
    ]);
    expect(chart.summary).toContain('Processor clock from 2.45 GHz to 3.20 GHz, last 2.45 GHz.');
  });

  it('keeps the place of a sensor that has not told anything yet', () => {
    const sensors = [{ id: 'cpu-clock', label: 'Processor clock', unit: 'Hz' as const, elapsedNs: [], value: [] }];
    const chart = liveTrace({ elapsedNs: [1e9, 2e9], latencyNs: [4e6, 5e6], sensors }, style);
    expect(textsOf(renderToSvg(chart))).toContain('Processor clock (Hz)');
    expect(chart.table.rows).toEqual([
      [1, 4, null],
      [2, 5, null],
    ]);
  });

  it('shows the latest latency', () => {
    const chart = liveTrace({ elapsedNs: [0, 1e9], latencyNs: [4e6, 5.25e6] }, style);
    expect(textsOf(renderToSvg(chart))).toContain('5.25 ms');
  });
});
