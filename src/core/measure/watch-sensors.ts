import { present } from '../../shared/domain/provenance.ts';
import type { CellProgress } from '../../shared/domain/run-session.ts';
import type { SensorSample, SensorSeries, Telemetry } from '../../shared/domain/telemetry.ts';
import type { FoundSensor, OpenSensors } from '../telemetry/open-sensors.ts';
import type { SensorScope } from '../telemetry/sensor.ts';
import { recordTelemetry, type TelemetryRecorder } from './record-telemetry.ts';

/** Who looks at the sensors while a configuration is measured; what they read is recorded whether anybody looks or not. */
export interface SensorReader {
  /** Called once per configuration, before its measured part, with series that are empty or absent. */
  onFound(sensors: SensorSeries[]): void;
  onSample(sample: SensorSample): void;
}

/** What the sensors read outside a measured part, by id; those that gave no value are not in it. */
export interface SensorMoment {
  /** ms of the clock of the watch. */
  atMs: number;
  values: Readonly<Record<string, number>>;
}

/** Sensors of one configuration; disposing of them ends the reading and closes them. */
export interface SensorWatch extends AsyncDisposable {
  /** The sensors that apply, in order. */
  readonly found: readonly FoundSensor[];
  /** Tells which processes are the engine. */
  setEngines(pids: readonly number[]): void;
  /** Begins with the measured part of each engine process, and pauses with its end. */
  progressed(progress: Pick<CellProgress, 'stage' | 'process' | 'elapsedNs'>): void;
  /** Reads everything once, at any time. */
  takeNow(): Promise<SensorMoment>;
  /** What was read in the measured part of each engine process so far, by its number. */
  telemetry(): ReadonlyMap<number, Telemetry>;
}

/** Often enough for heat, clocks and the windows of power meters; what it costs is in docs/method/measurement.md. */
export const sensorsEveryMs = 500;

/**
 * Reads the sensors twice a second during the measured part, in this process and beside the engine, on the time axis of
 * the stamps. Without a sensor nothing is read and no timer runs.
 */
export async function watchSensors(
  scope: Omit<SensorScope, 'enginePids'>,
  openSensors: OpenSensors,
  reader?: SensorReader,
  now: () => number = () => performance.now(),
): Promise<SensorWatch> {
  let engines: readonly number[] = [];
  const found = await openSensors({ ...scope, enginePids: () => engines });
  const isAnyThere = found.some((sensor) => sensor.found.status === 'present');
  reader?.onFound(found.map(toSeries));
  const recorders = new Map<number, TelemetryRecorder>();
  let timer: NodeJS.Timeout | null = null;
  /** The process that is measured, and when its measured part began, ms of the clock. */
  let measured: { process: number; beganMs: number; recorder: TelemetryRecorder } | null = null;
  let reading: Promise<void> = Promise.resolve();
  let isReading = false;

  const read = async (): Promise<void> => {
    const began = measured;
    if (began === null) return;
    const elapsedNs = Math.max(0, Math.round((now() - began.beganMs) * 1e6));
    const values = await readAll(found);
    // What took longer than the measured part belongs to nothing any more.
    if (began !== measured || Object.keys(values).length === 0) return;
    began.recorder.add({ elapsedNs, values });
    reader?.onSample({ elapsedNs, values });
  };
  const readUnlessBusy = (): void => {
    if (isReading) return;
    isReading = true;
    reading = read().finally(() => {
      isReading = false;
    });
  };
  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
    measured = null;
  };
  const begin = (process: number, beganMs: number): void => {
    const recorder = recordTelemetry(found);
    recorders.set(process, recorder);
    measured = { process, beganMs, recorder };
    if (!isAnyThere) return;
    timer = setInterval(readUnlessBusy, sensorsEveryMs);
    readUnlessBusy();
  };
  return {
    found,
    setEngines(pids) {
      engines = pids;
    },
    progressed({ stage, process, elapsedNs }) {
      if (stage !== 'measured') stop();
      else if (measured?.process !== process) {
        stop();
        begin(process, now() - elapsedNs / 1e6);
      }
    },
    async takeNow() {
      const atMs = now();
      return { atMs, values: await readAll(found) };
    },
    telemetry: () => new Map([...recorders].map(([process, recorder]) => [process, recorder.toTelemetry()])),
    async [Symbol.asyncDispose]() {
      stop();
      await reading;
      for (const { found: sensor } of found) if (sensor.status === 'present') sensor.value.close();
    },
  };
}

function toSeries({ found, ...description }: FoundSensor): SensorSeries {
  if (found.status === 'absent') return { ...description, readings: found };
  const { source, reference } = found.value;
  const origin = { source, ...(reference === undefined ? {} : { reference }) };
  return { ...description, readings: present({ ...origin, elapsedNs: [], value: [] }) };
}

/** By id; a sensor that fails has no value this time, and the measurement goes on. */
async function readAll(sensors: readonly FoundSensor[]): Promise<Record<string, number>> {
  const values: Record<string, number> = {};
  const readOne = async ({ id, found }: FoundSensor): Promise<void> => {
    const value = found.status === 'present' ? await found.value.read() : null;
    if (value !== null) values[id] = value;
  };
  await Promise.allSettled(sensors.map(readOne));
  return values;
}
