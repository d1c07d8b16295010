import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchSensors, type SensorReader } from '../../../src/core/measure/watch-sensors.ts';
import type { FoundSensor } from '../../../src/core/telemetry/open-sensors.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';
import type { SensorSample, SensorSeries } from '../../../src/shared/domain/run-session.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const scope = { config: { provider: 'cpu' as const, threads: 1 }, allowedCpus: [0], software: null };
const missing: FoundSensor = { id: 'none', label: 'None', unit: '°C', found: absent('no such sensor', 'Buy one.') };

function open(read: () => number | null | Promise<number | null>) {
  const state = { closed: 0, series: [] as SensorSeries[][], samples: [] as SensorSample[] };
  const clock: FoundSensor = {
    id: 'clock',
    label: 'Clock',
    unit: 'Hz',
    found: present({ source: 'a test', read, close: () => void (state.closed += 1) }),
  };
  const reader: SensorReader = {
    open: () => Promise.resolve([clock, missing]),
    onFound: (series) => state.series.push(series),
    onSample: (sample) => state.samples.push(sample),
  };
  return { state, reader };
}

describe('sensors beside a measurement', () => {
  it('are named before it, read once a second in its measured part, and closed with it', async () => {
    let value = 0;
    const { state, reader } = open(() => (value += 1e9));
    const watch = await watchSensors(scope, reader, () => Date.now());
    expect(state.series).toEqual([
      [
        {
          id: 'clock',
          label: 'Clock',
          unit: 'Hz',
          readings: present({ source: 'a test', elapsedNs: [], value: [] }),
        },
        { id: 'none', label: 'None', unit: '°C', readings: absent('no such sensor', 'Buy one.') },
      ],
    ]);
    watch.progressed({ stage: 'warm-up', process: 0, elapsedNs: 5e9 });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(state.samples).toEqual([]);
    watch.progressed({ stage: 'measured', process: 0, elapsedNs: 2e8 });
    for (let step = 0; step < 21; step++) {
      await vi.advanceTimersByTimeAsync(100);
      watch.progressed({ stage: 'measured', process: 0, elapsedNs: 3e8 + step * 1e8 });
    }
    expect(state.samples).toEqual([
      { elapsedNs: 2e8, values: { clock: 1e9 } },
      { elapsedNs: 1.2e9, values: { clock: 2e9 } },
      { elapsedNs: 2.2e9, values: { clock: 3e9 } },
    ]);
    watch.progressed({ stage: 'checks', process: 0, elapsedNs: 0 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(state.samples).toHaveLength(3);
    watch.progressed({ stage: 'measured', process: 1, elapsedNs: 0 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state.samples.slice(3).map(({ elapsedNs }) => elapsedNs)).toEqual([0, 1e9]);
    await watch[Symbol.asyncDispose]();
    expect([state.closed, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('that fail or tell nothing give no value, and the next one is asked all the same', async () => {
    const answers = [() => null, () => Promise.reject(new Error('gone')), () => 3e9];
    const { state, reader } = open(() => answers.shift()?.() ?? null);
    await using watch = await watchSensors(scope, reader, () => Date.now());
    watch.progressed({ stage: 'measured', process: 0, elapsedNs: 0 });
    await vi.advanceTimersByTimeAsync(2_500);
    expect(state.samples).toEqual([{ elapsedNs: 2e9, values: { clock: 3e9 } }]);
  });

  it('that answer slowly are not asked twice at once, and what comes too late is left out', async () => {
    let asked = 0;
    const answer = Promise.withResolvers<number>();
    const { state, reader } = open(() => {
      asked += 1;
      return answer.promise;
    });
    const watch = await watchSensors(scope, reader, () => Date.now());
    watch.progressed({ stage: 'measured', process: 0, elapsedNs: 0 });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(asked).toBe(1);
    const ended = watch[Symbol.asyncDispose]();
    expect(state.closed).toBe(0);
    answer.resolve(1e9);
    await ended;
    expect([state.samples, state.closed]).toEqual([[], 1]);
  });

  it('cost no timer where there is none, or where nobody looks', async () => {
    const { reader } = open(() => 1);
    for (const one of [{ ...reader, open: () => Promise.resolve([missing]) }, undefined]) {
      await using watch = await watchSensors(scope, one);
      watch.progressed({ stage: 'measured', process: 0, elapsedNs: 0 });
      expect(vi.getTimerCount()).toBe(0);
    }
  });
});
