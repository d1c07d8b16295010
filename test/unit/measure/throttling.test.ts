import { describe, expect, it } from 'vitest';
import { judgeThrottling } from '../../../src/core/measure/throttling/judge-throttling.ts';
import { readThrottling } from '../../../src/core/measure/throttling/read-throttling.ts';
import { findThrottledSpans, watchedCauses } from '../../../src/core/measure/throttling/throttled-spans.ts';
import type { SampleSeries } from '../../../src/shared/domain/measurement.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';
import type { SensorReference, Telemetry, TelemetrySensor } from '../../../src/shared/domain/telemetry.ts';

type Values = readonly number[];

function sensor(
  id: string,
  kind: TelemetrySensor['kind'],
  values: Values,
  reference?: SensorReference,
): TelemetrySensor {
  const value = { source: 'a test', ...(reference ? { reference } : {}), value: Float64Array.from(values) };
  return { id, label: id, unit: '1', kind, readings: present(value) };
}

/** Readings every half second. */
function read(...sensors: TelemetrySensor[]): Telemetry {
  const [first] = sensors;
  const n = first?.readings.status === 'present' ? first.readings.value.value.length : 0;
  return { elapsedNs: Float64Array.from({ length: n }, (_, index) => index * 5e8), sensors };
}

const defaultClock = { value: 2e9, meaning: 'default clock' };
const critical = { value: 100, meaning: 'critical temperature' };
const causesOf = (telemetry: Telemetry) => findThrottledSpans(telemetry, 2e9);

describe('throttled parts', () => {
  it('are those on either side of a reading in which heat or the power brake held the clock of the GPU', () => {
    const reasons = sensor('gpu-throttling', 'flags', [0x4, 0, 0x40, 0, 0x80]);
    expect(causesOf(read(reasons))).toEqual([
      { fromNs: 5e8, toNs: 1.5e9, causes: ['gpu-heat'] },
      { fromNs: 1.5e9, toNs: 2e9, causes: ['gpu-power-brake'] },
    ]);
  });

  it('leave out a power limit, and clocks that the user set', () => {
    expect(causesOf(read(sensor('gpu-throttling', 'flags', [0x2, 0x4, 0x6])))).toEqual([]);
  });

  it('are those below 75 % of the default clock, unless the GPU is idle', () => {
    const clock = sensor('gpu-clock', 'gauge', [2e9, 1.49e9, 1.51e9, 0.3e9], defaultClock);
    expect(causesOf(read(clock, sensor('gpu-throttling', 'flags', [0, 0, 0, 1])))).toEqual([
      { fromNs: 0, toNs: 1e9, causes: ['gpu-clock'] },
    ]);
  });

  it('are those in which the kernel counted a slow-down of the processor', () => {
    expect(causesOf(read(sensor('cpu-throttling', 'counter', [0, 0, 3, 3])))).toEqual([
      { fromNs: 5e8, toNs: 1e9, causes: ['cpu-heat'] },
    ]);
  });

  it('are those well below the clock of the start at the critical temperature, and not those of a cool processor', () => {
    const clock = sensor('cpu-clock', 'gauge', [5e9, 5e9, 4.4e9, 4.4e9, 4.4e9]);
    const hot = sensor('cpu-temperature', 'gauge', [60, 80, 98, 98, 80], critical);
    expect(causesOf(read(clock, hot))).toEqual([{ fromNs: 5e8, toNs: 2e9, causes: ['cpu-clock'] }]);
    const cool = sensor('cpu-temperature', 'gauge', [60, 60, 60, 60, 60], critical);
    expect(causesOf(read(clock, cool))).toEqual([]);
  });

  it('cannot be told by sensors that are not there, or that nothing is known to judge by', () => {
    const without = sensor('gpu-clock', 'gauge', [1e8]);
    const missing: TelemetrySensor = {
      id: 'gpu-throttling',
      label: '',
      unit: '1',
      kind: 'flags',
      readings: absent('no driver'),
    };
    expect(watchedCauses(read(without, missing, sensor('cpu-clock', 'gauge', [3e9])))).toEqual([]);
    expect(watchedCauses(read(sensor('gpu-throttling', 'flags', [0])))).toEqual(['gpu-heat', 'gpu-power-brake']);
    expect(watchedCauses(read(sensor('gpu-throttling', 'flags', [Number.NaN])))).toEqual([]);
  });
});

describe('what throttling made of a result', () => {
  /** 20 queries in 2 s; those of the second half take twice as long. */
  const samples: SampleSeries = {
    scheduledNs: null,
    issuedNs: Float64Array.from({ length: 20 }, (_, index) => index * 1e8),
    completedNs: Float64Array.from({ length: 20 }, (_, index) => index * 1e8 + (index < 10 ? 2e7 : 4e7)),
  };
  const reasons = (values: Values) => read(sensor('gpu-throttling', 'flags', values));

  it('is its median with the marked queries and without them', () => {
    const found = readThrottling([{ samples, telemetry: reasons([0, 0, 0, 0x40]) }], null);
    expect(found).toMatchObject({
      value: { queries: 20, throttled: 10, share: 0.5, causes: ['gpu-heat'], medianWithout: { value: 2e7, n: 10 } },
    });
    expect(judgeThrottling({ throttling: found })).toMatchObject({
      code: 'THROTTLED',
      severity: 'invalid',
      reason: expect.stringMatching(
        /^50 % .* heat held the clock of the GPU; the median of the others is 20/,
      ) as string,
    });
  });

  it('is nothing where nothing was throttled, or at most 5 % of the queries', () => {
    const none = readThrottling([{ samples, telemetry: reasons([0, 0, 0, 0]) }], null);
    expect(none).toMatchObject({ value: { throttled: 0, share: 0, causes: [] } });
    expect(judgeThrottling({ throttling: none })).toBeNull();
    expect(judgeThrottling({ throttling: present({ ...valueOf(none), share: 0.05, throttled: 1 }) })).toBeNull();
    expect(judgeThrottling({})).toBeNull();
  });

  it('is unknown without a sensor that could tell', () => {
    const found = readThrottling([{ samples, telemetry: read(sensor('cpu-clock', 'gauge', [3e9])) }], null);
    expect(found).toMatchObject({ status: 'absent', remedy: expect.stringContaining('doctor') as string });
    expect(judgeThrottling({ throttling: found })).toBeNull();
  });
});

function valueOf<T>(observed: { status: 'present'; value: T } | { status: 'absent' }): T {
  if (observed.status === 'absent') throw new Error('absent');
  return observed.value;
}
