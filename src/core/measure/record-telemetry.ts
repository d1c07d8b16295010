import { present } from '../../shared/domain/provenance.ts';
import {
  halveTelemetry,
  type SensorSample,
  type Telemetry,
  type TelemetrySensor,
} from '../../shared/domain/telemetry.ts';
import type { FoundSensor } from '../telemetry/open-sensors.ts';

/** Takes up readings one after the other, in bounded memory. */
export interface TelemetryRecorder {
  add(sample: SensorSample): void;
  toTelemetry(): Telemetry;
}

/** More than two hours at two readings a second. When they are full every second one goes, oldest and newest alike. */
const mostReadings = 16_384;
/** Readings that are gathered before they move into the arrays. */
const gathered = 512;

/** Records what sensors read in one measured part, each reading with a place for every sensor that is there. */
export function recordTelemetry(found: readonly FoundSensor[], most = mostReadings): TelemetryRecorder {
  let kept: Telemetry = { elapsedNs: new Float64Array(0), sensors: found.map(toSensor) };
  let pending: SensorSample[] = [];
  const settle = (): void => {
    kept = extend(kept, pending);
    pending = [];
    while (kept.elapsedNs.length > most) kept = halveTelemetry(kept);
  };
  return {
    add(sample) {
      pending.push(sample);
      if (pending.length >= gathered) settle();
    },
    toTelemetry() {
      settle();
      return kept;
    },
  };
}

function toSensor({ found, ...description }: FoundSensor): TelemetrySensor {
  if (found.status === 'absent') return { ...description, readings: found };
  const { source, reference } = found.value;
  const origin = { source, ...(reference === undefined ? {} : { reference }) };
  return { ...description, readings: present({ ...origin, value: new Float64Array(0) }) };
}

function extend({ elapsedNs, sensors }: Telemetry, added: readonly SensorSample[]): Telemetry {
  return {
    elapsedNs: join(
      elapsedNs,
      added.map((sample) => sample.elapsedNs),
    ),
    sensors: sensors.map((sensor) => {
      if (sensor.readings.status === 'absent') return sensor;
      const { value, ...origin } = sensor.readings.value;
      const more = added.map(({ values }) => values[sensor.id] ?? Number.NaN);
      return { ...sensor, readings: present({ ...origin, value: join(value, more) }) };
    }),
  };
}

function join(before: Float64Array, after: readonly number[]): Float64Array {
  const joined = new Float64Array(before.length + after.length);
  joined.set(before);
  joined.set(after, before.length);
  return joined;
}
