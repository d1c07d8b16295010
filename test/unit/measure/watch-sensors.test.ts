import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchSensors, type SensorReader } from '../../../src/core/measure/watch-sensors.ts';
import type { FoundSensor, OpenSensors } from '../../../src/core/telemetry/open-sensors.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';
import { toSensorSeries } from '../../../src/shared/domain/telemetry.ts';
import type { SensorSample, SensorSeries } from '../../../src/shared/domain/telemetry.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const scope = { config: { provider: 'cpu' as const, threads: 1 }, allowedCpus: [0], software: null };
const none = { id: 'none', label: 'None', unit: '°C', kind: 'gauge' } as const;
const missing: FoundSensor = { ...none, found: absent('no such sensor', 'Buy one.') };
const described = { id: 'clock', label: 'Clock', unit: 'Hz', kind: 'gauge' } as const;

function open(read: () => number | null | Promise<number | null>) {
  const state = { closed: 0, series: [] as SensorSeries[][], samples: [] as SensorSample[] };
  const clock: FoundSensor = {
    ...described,
    found: present({ source: 'a test', read, close: () => void (state.closed += 1) }),
  };
  const reader: SensorReader = {
    onFound: (series) => state.series.push(series),
    onSample: (sample) => state.samples.push(sample),
  };
  const openBoth: OpenSensors = () => Promise.resolve([clock, missing]);
  return { state, reader, openBoth };
}

describe('sensors beside a measurement', () => {
  it('are named before it, read twice a second in its measured part, and closed with it', async () => {
    let value = 0;
    const { state, reader, openBoth } = open(() => (value += 1e9));
    const watch = await watchSensors(scope, openBoth, reader, () => Date.now());
    expect(state.series).toEqual([
      [
        { ...described, readings: present({ source: 'a test', elapsedNs: [], value: [] }) },
        { ...none, readings: absent('no such sensor', 'Buy one.') },
      ],
    ]);
    watch.progressed({ stage: 'warm-up', process: 0, elapsedNs: 5e9 });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(state.samples).toEqual([]);
    watch.progressed({ stage: 'measured', process: 0, elapsedNs: 2e8 });
    for (let step = 0; step < 11; step++) {
      await vi.advanceTimersByTimeAsync(100);
      watch.progressed({ stage: 'measured', process: 0, elapsedNs: 3e8 + step * 1e8 });
    }
    expect(state.samples).toEqual([
      { elapsedNs: 2e8, values: { clock: 1e9 } },
      { elapsedNs: 7e8, values: { clock: 2e9 } },
      { elapsedNs: 1.2e9, values: { clock: 3e9 } },
    ]);
    watch.progressed({ stage: 'checks', process: 0, elapsedNs: 0 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(state.samples).toHaveLength(3);
    watch.progressed({ stage: 'measured', process: 1, elapsedNs: 0 });
    await vi.advanceTimersByTimeAsync(500);
    expect(state.samples.slice(3).map(({ elapsedNs }) => elapsedNs)).toEqual([0, 5e8]);
    // Recorded by process, on one axis with a place for every sensor.
    const recorded = watch.telemetry();
    expect([...recorded.keys()]).toEqual([0, 1]);
    expect(toSensorSeries(recorded.get(0)!)).toEqual([
      {
        ...described,
        readings: present({ source: 'a test', elapsedNs: [2e8, 7e8, 1.2e9], value: [1e9, 2e9, 3e9] }),
      },
      { ...none, readings: absent('no such sensor', 'Buy one.') },
    ]);
    await watch[Symbol.asyncDispose]();
    expect([state.closed, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('that fail or tell nothing give no value, and the next one is asked all the same', async () => {
    const answers = [() => null, () => Promise.reject(new Error('gone')), () => 3e9];
    const { state, reader, openBoth } = open(() => answers.shift()?.() ?? null);
    await using watch = await watchSensors(scope, openBoth, reader, () => Date.now());
    watch.progressed({ stage: 'measured', process: 0, elapsedNs: 0 });
    await vi.advanceTimersByTimeAsync(1_250);
    expect(state.samples).toEqual([{ elapsedNs: 1e9, values: { clock: 3e9 } }]);
  });

  it('that answer slowly are not asked twice at once, and what comes too late is left out', async () => {
    let asked = 0;
    const answer = Promise.withResolvers<number>();
    const { state, reader, openBoth } = open(() => {
      asked += 1;
      return answer.promise;
    });
    const watch = await watchSensors(scope, openBoth, reader, () => Date.now());
    watch.progressed({ stage: 'measured', process: 0, elapsedNs: 0 });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(asked).toBe(1);
    const ended = watch[Symbol.asyncDispose]();
    expect(state.closed).toBe(0);
    answer.resolve(1e9);
    await ended;
    expect([state.samples, state.closed]).toEqual([[], 1]);
  });

  it('are recorded where nobody looks, and cost no timer where there is none', async () => {
    const { openBoth } = open(() => 1);
    {
      await using watch = await watchSensors(scope, openBoth, undefined, () => Date.now());
      watch.progressed({ stage: 'measured', process: 0, elapsedNs: 0 });
      await vi.advanceTimersByTimeAsync(750);
      expect([...watch.telemetry().get(0)!.elapsedNs]).toEqual([0, 5e8]);
    }
    await using watch = await watchSensors(scope, () => Promise.resolve([missing]));
    watch.progressed({ stage: 'measured', process: 0, elapsedNs: 0 });
    expect(vi.getTimerCount()).toBe(0);
    // That there was none is recorded as well.
    expect(watch.telemetry().get(0)).toEqual({
      elapsedNs: new Float64Array(0),
      sensors: [{ ...none, readings: absent('no such sensor', 'Buy one.') }],
    });
  });

  it('learn of the engine when it starts, and can be read outside the measured part', async () => {
    let pids: readonly number[] = [];
    const openPids: OpenSensors = ({ enginePids }) => {
      const read = (): number => {
        pids = enginePids();
        return 7;
      };
      return Promise.resolve([{ ...described, found: present({ source: 'a test', read, close: () => undefined }) }]);
    };
    await using watch = await watchSensors(scope, openPids, undefined, () => 40);
    watch.setEngines([17, 18]);
    expect(await watch.takeNow()).toEqual({ atMs: 40, values: { clock: 7 } });
    expect(pids).toEqual([17, 18]);
  });
});
