import { describe, expect, it } from 'vitest';
import { meterEnergy, type MeteredProcess } from '../../../src/core/measure/energy/meter-energy.ts';
import { energySchema, type EnergyMethod } from '../../../src/shared/domain/energy.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';
import type { TelemetrySensor } from '../../../src/shared/domain/telemetry.ts';

const seconds = (count: number): Float64Array => Float64Array.from({ length: count }, (_, index) => index * 1e9);

function sensor(id: string, kind: TelemetrySensor['kind'], values: readonly number[]): TelemetrySensor {
  const unit = kind === 'counter' ? 'J' : 'W';
  return { id, label: id, unit, kind, readings: present({ source: 'a meter', value: Float64Array.from(values) }) };
}
function missing(id: string): TelemetrySensor {
  return { id, label: id, unit: 'J', kind: 'counter', readings: absent('only root may read it', 'Allow it.') };
}

/** A process of 60 s with readings in its first seconds. */
function process(sensors: TelemetrySensor[], change: Partial<MeteredProcess> = {}): MeteredProcess {
  const [first] = sensors.filter(({ readings }) => readings.status === 'present');
  const n = first?.readings.status === 'present' ? first.readings.value.value.length : 0;
  const telemetry = { elapsedNs: seconds(n), sensors };
  return { telemetry, durationNs: 60e9, executedSamples: 1_200, quiet: null, ...change };
}

function find(energy: ReturnType<typeof meterEnergy>, method: EnergyMethod) {
  return energySchema.parse(energy).meters.find((meter) => meter.method === method)?.metered;
}

describe('energy per prediction', () => {
  it('is mean power times time over executed samples, from the difference of a counter', () => {
    const energy = meterEnergy([process([sensor('cpu-energy', 'counter', [10, 70, 130, 190])])], undefined);
    expect(find(energy, 'CPU package')).toMatchObject({
      value: {
        power: { value: 60, unit: 'W', kind: 'measured', n: 4 },
        // 60 W for 60 s over 1,200 samples.
        perSample: { value: 3, unit: 'J', kind: 'measured', interval: null },
        coveredS: 3,
        errorBand: null,
        remarks: [],
      },
    });
    expect(energy.ceiling).toBeUndefined();
  });

  it('of several processes has the interval of their means, and all their energy over all their samples', () => {
    const one = process([sensor('cpu-energy', 'counter', [0, 60])]);
    const other = process([sensor('cpu-energy', 'counter', [0, 90])], { executedSamples: 600 });
    const metered = find(meterEnergy([one, other], undefined), 'CPU package');
    expect(metered).toMatchObject({
      value: { perSample: { value: (3600 + 5400) / 1800, interval: { method: 'Student t over 2 process means' } } },
    });
  });

  it('has what was above idle beside the gross, from the quiet second before the start', () => {
    const quiet = [
      { atMs: 0, values: { 'cpu-energy': -20 } },
      { atMs: 1_000, values: { 'cpu-energy': 0 } },
    ] as const;
    const metered = find(
      meterEnergy([process([sensor('cpu-energy', 'counter', [0, 60])], { quiet })], undefined),
      'CPU package',
    );
    expect(metered).toMatchObject({
      value: {
        perSample: { value: 3 },
        idle: { value: { power: { value: 20 }, perSampleWithout: { value: 2, kind: 'computed' } } },
      },
    });
    const busy = [quiet[0], { atMs: 1_000, values: { 'cpu-energy': 80 } }] as const;
    expect(
      find(
        meterEnergy([process([sensor('cpu-energy', 'counter', [0, 60])], { quiet: busy })], undefined),
        'CPU package',
      ),
    ).toMatchObject({ value: { idle: { status: 'absent' } } });
  });

  it('of a GPU has the band of its meter, and a remark where the load was short', () => {
    const sensors = [sensor('gpu-power', 'gauge', [300, 310]), sensor('gpu-energy', 'counter', [0, 305])];
    const method = 'GPU board, driver estimate';
    expect(find(meterEnergy([process(sensors)], undefined), method)).toMatchObject({
      value: { power: { value: 305 }, errorBand: { share: 0.05 }, remarks: [] },
    });
    const short = find(meterEnergy([process(sensors, { durationNs: 10e9 })], undefined), method);
    expect(short).toMatchObject({ value: { remarks: [expect.stringContaining('30 s') as string] } });
  });

  it('of a GPU without a counter comes from its power over time', () => {
    const sensors = [sensor('gpu-power', 'gauge', [100, 300, Number.NaN, 300]), missing('gpu-energy')];
    const metered = find(meterEnergy([process(sensors)], undefined), 'GPU board, driver estimate');
    // 200 J in the first second and 600 J in the two after it.
    expect(metered).toMatchObject({
      value: { power: { value: 800 / 3, n: 3 }, remarks: [expect.stringContaining('twice a second') as string] },
    });
  });

  it('without a meter is absent with the reason and what to do, never a number', () => {
    const energy = meterEnergy([process([missing('cpu-energy'), missing('memory-energy')])], undefined);
    expect(energy).toEqual({
      meters: [{ method: 'CPU package', metered: absent('only root may read it', 'Allow it.') }],
    });
  });

  it('is absent where the meter gave too little', () => {
    const metered = find(meterEnergy([process([sensor('cpu-energy', 'counter', [5])])], undefined), 'CPU package');
    expect(metered).toMatchObject({ status: 'absent', reason: expect.stringContaining('fewer than two') as string });
  });

  it('from a given power is a ceiling of another kind, apart from the meters, and only where it was asked for', () => {
    const { meters, ceiling } = meterEnergy([process([missing('cpu-energy')])], 65);
    expect(ceiling).toEqual({
      method: 'estimate, ceiling',
      power: { value: 65, unit: 'W', kind: 'assumed', interval: null, n: null },
      perSample: { value: 3.25, unit: 'J', kind: 'assumed', interval: null, n: null },
    });
    expect(meters.every(({ metered }) => metered.status === 'absent')).toBe(true);
  });
});
