import type { CellProgress, SensorSample, SensorSeries } from '../../shared/domain/run-session.ts';
import { present } from '../../shared/domain/provenance.ts';
import type { FoundSensor, OpenSensors } from '../telemetry/open-sensors.ts';
import type { SensorScope } from '../telemetry/sensor.ts';

/** Who looks at the sensors while a configuration is measured. */
export interface SensorReader {
  open: OpenSensors;
  /** Called once per configuration, before its measured part, with series that are empty or absent. */
  onFound(sensors: SensorSeries[]): void;
  onSample(sample: SensorSample): void;
}

/** Sensors of one configuration; disposing of them ends the reading and closes them. */
interface SensorWatch extends AsyncDisposable {
  /** Begins with the measured part of each engine process, and pauses with its end. */
  progressed(progress: Pick<CellProgress, 'stage' | 'process' | 'elapsedNs'>): void;
}

/** Often enough for heat and clocks; what it costs is in docs/method/measurement.md. */
const everyMs = 1000;

/**
 * Reads the sensors once a second during the measured part, in this process and beside the engine, on the time axis of
 * the trace. Without a reader, or without a sensor, nothing is read and no timer runs.
 */
export async function watchSensors(
  scope: SensorScope,
  reader: SensorReader | undefined,
  now: () => number = () => performance.now(),
): Promise<SensorWatch> {
  const found = (await reader?.open(scope)) ?? [];
  reader?.onFound(found.map(toSeries));
  let timer: NodeJS.Timeout | null = null;
  /** The process that is measured, and when its measured part began, ms of the clock. */
  let measured: { process: number; beganMs: number } | null = null;
  let reading: Promise<void> = Promise.resolve();
  let isReading = false;

  const read = async (): Promise<void> => {
    const began = measured;
    if (began === null) return;
    const elapsedNs = Math.max(0, Math.round((now() - began.beganMs) * 1e6));
    const values = await readAll(found);
    // What took longer than the measured part belongs to nothing any more.
    if (began === measured && Object.keys(values).length > 0) reader?.onSample({ elapsedNs, values });
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
  return {
    progressed({ stage, process, elapsedNs }) {
      if (stage !== 'measured') stop();
      else if (measured?.process !== process) {
        stop();
        if (!found.some((sensor) => sensor.found.status === 'present')) return;
        measured = { process, beganMs: now() - elapsedNs / 1e6 };
        timer = setInterval(readUnlessBusy, everyMs);
        readUnlessBusy();
      }
    },
    async [Symbol.asyncDispose]() {
      stop();
      await reading;
      for (const { found: sensor } of found) if (sensor.status === 'present') sensor.value.close();
    },
  };
}

function toSeries({ id, label, unit, found }: FoundSensor): SensorSeries {
  const readings =
    found.status === 'present' ? present({ source: found.value.source, elapsedNs: [], value: [] }) : found;
  return { id, label, unit, readings };
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
