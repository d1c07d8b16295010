import type { Energy, EnergyMethod, MeteredEnergy } from '../../../shared/domain/energy.ts';
import { absent, present, type Interval, type Observed, type Reading } from '../../../shared/domain/provenance.ts';
import type { Telemetry, TelemetrySensor } from '../../../shared/domain/telemetry.ts';
import { processMeanInterval } from '../../stats/between-process.ts';
import { LEVEL } from '../../stats/read-percentiles.ts';
import type { SensorMoment } from '../watch-sensors.ts';
import { meanPower } from './mean-power.ts';

/** One engine process with what was metered in its measured part and in the quiet second before it. */
export interface MeteredProcess {
  telemetry: Telemetry;
  durationNs: number;
  executedSamples: number;
  /** At the start and at the end of the quiet second; null: nobody looked. */
  quiet: readonly [SensorMoment, SensorMoment] | null;
}

interface Meter {
  method: EnergyMethod;
  /** By preference: the first that is there counts. */
  sensors: readonly string[];
  /** Named only where it is there: few processors count the energy of their memory. */
  isExtra: boolean;
  errorBand: MeteredEnergy['errorBand'];
  /** Shortest load in s that the numbers of the meter are good for. */
  shortestS: number;
}

const meters: readonly Meter[] = [
  { method: 'CPU package', sensors: ['cpu-energy'], isExtra: false, errorBand: null, shortestS: 0 },
  { method: 'memory', sensors: ['memory-energy'], isExtra: true, errorBand: null, shortestS: 0 },
  {
    method: 'GPU board, driver estimate',
    sensors: ['gpu-energy', 'gpu-power'],
    isExtra: false,
    errorBand: {
      share: 0.05,
      source:
        'reference of NVML, which states 5 % for Fermi and Kepler and nothing for newer GPUs; A100 and H100 look at a quarter of the time only, so that a load that changes can be further off (arXiv 2312.02741)',
    },
    shortestS: 30,
  },
];

/** Energy per executed sample by every meter that sees the configuration; `ceilingW` only where the plan gives one. */
export function meterEnergy(processes: readonly MeteredProcess[], ceilingW: number | undefined): Energy {
  const sensors = processes[0]?.telemetry.sensors ?? [];
  const metered = meters.flatMap(({ sensors: ids, ...meter }) => {
    const known = ids.flatMap((id) => sensors.find((sensor) => sensor.id === id) ?? []);
    const sensor = known.find(({ readings }) => readings.status === 'present') ?? known[0];
    if (sensor === undefined || (meter.isExtra && sensor.readings.status === 'absent')) return [];
    return [{ method: meter.method, metered: readMeter(processes, sensor, meter) }];
  });
  return { meters: metered, ...(ceilingW === undefined ? {} : { ceiling: toCeiling(processes, ceilingW) }) };
}

function readMeter(
  processes: readonly MeteredProcess[],
  { id, kind, readings: description }: TelemetrySensor,
  meter: Omit<Meter, 'sensors'>,
): Observed<MeteredEnergy> {
  if (description.status === 'absent') return absent(description.reason, description.remedy);
  const powers = processes.map(({ telemetry }) => meanPower(telemetry, id));
  if (powers.includes(null)) {
    return absent('the meter gave fewer than two readings in a measured part', 'Measure for longer.');
  }
  const found = powers.filter((power) => power !== null);
  const executed = total(processes, ({ executedSamples }) => executedSamples);
  if (executed === 0) return absent('no sample was executed');
  const energiesJ = processes.map(({ durationNs }, index) => (found[index]!.powerW * durationNs) / 1e9);
  const durationS = total(processes, ({ durationNs }) => durationNs) / 1e9;
  const energyJ = energiesJ.reduce((sum, one) => sum + one, 0);
  const perSampleOf = (joules: readonly number[]) =>
    joules.map((one, index) => one / processes[index]!.executedSamples);
  const readings = found.reduce((sum, { count }) => sum + count, 0);
  return present({
    source: description.value.source,
    perSample: toReading(energyJ / executed, 'J', 'measured', perSampleOf(energiesJ), readings),
    power: toReading(
      energyJ / durationS,
      'W',
      'measured',
      found.map(({ powerW }) => powerW),
      readings,
    ),
    coveredS: found.reduce((sum, { coveredS }) => sum + coveredS, 0),
    errorBand: meter.errorBand,
    idle: subtractIdle(processes, { id, kind }, energiesJ),
    remarks: [
      ...(durationS >= meter.shortestS
        ? []
        : [
            `The load lasted ${durationS.toFixed(1)} s; this meter asks for ${meter.shortestS} s, because it shows means over time.`,
          ]),
      ...(kind === 'gauge'
        ? ['Power was read twice a second in place of a counter, so what lies between two readings was not seen.']
        : []),
    ],
  });
}

/** Beside the gross, never in its place: a machine that serves does not stop to idle. */
function subtractIdle(
  processes: readonly MeteredProcess[],
  sensor: Pick<TelemetrySensor, 'id' | 'kind'>,
  energiesJ: readonly number[],
): MeteredEnergy['idle'] {
  const idlesW = processes.map(({ quiet }) => quietPower(quiet, sensor));
  if (idlesW.includes(null)) return absent('the meter gave no value in the quiet second before the start');
  const known = idlesW.filter((power) => power !== null);
  const left = processes.map(
    ({ durationNs, executedSamples }, index) =>
      (energiesJ[index]! - (known[index]! * durationNs) / 1e9) / executedSamples,
  );
  const executed = total(processes, ({ executedSamples }) => executedSamples);
  const value = left.reduce((sum, one, index) => sum + one * processes[index]!.executedSamples, 0) / executed;
  if (value <= 0) return absent('the power before the start was not below that of the load');
  const meanW = known.reduce((sum, one) => sum + one, 0) / known.length;
  return present({
    power: toReading(meanW, 'W', 'measured', known, known.length),
    perSampleWithout: toReading(value, 'J', 'computed', left, known.length),
  });
}

function quietPower(quiet: MeteredProcess['quiet'], { id, kind }: Pick<TelemetrySensor, 'id' | 'kind'>): number | null {
  const [before, after] = [quiet?.[0].values[id], quiet?.[1].values[id]];
  if (quiet === null || before === undefined || after === undefined) return null;
  if (kind === 'gauge') return (before + after) / 2;
  const seconds = (quiet[1].atMs - quiet[0].atMs) / 1000;
  return seconds > 0 ? (after - before) / seconds : null;
}

function toCeiling(processes: readonly MeteredProcess[], powerW: number): NonNullable<Energy['ceiling']> {
  const executed = total(processes, ({ executedSamples }) => executedSamples);
  const energyJ = (powerW * total(processes, ({ durationNs }) => durationNs)) / 1e9;
  const assumed = { kind: 'assumed', interval: null, n: null } as const;
  return {
    method: 'estimate, ceiling',
    power: { value: powerW, unit: 'W', ...assumed },
    perSample: { value: executed === 0 ? 0 : energyJ / executed, unit: 'J', ...assumed },
  };
}

function total(processes: readonly MeteredProcess[], amount: (process: MeteredProcess) => number): number {
  return processes.reduce((sum, process) => sum + amount(process), 0);
}

/** With the interval of the process means where there are two or more; it says nothing about the error of the meter. */
function toReading(
  value: number,
  unit: 'J' | 'W',
  kind: 'measured' | 'computed',
  perProcess: readonly number[],
  n: number,
): Reading {
  const { low, high } = processMeanInterval(Float64Array.from(perProcess), LEVEL);
  const interval: Interval | null =
    high === null
      ? null
      : {
          low: low !== null && low > 0 ? low : null,
          high,
          level: LEVEL,
          method: `Student t over ${perProcess.length} process means`,
        };
  return { value, unit, kind, interval, n };
}
