import type { SensorSeries } from '../../../shared/domain/telemetry.ts';
import classes from './live.module.css';

/** What the panels of the sensors are read from, and why one that one might look for is not there. */
export function SensorNotes({ sensors }: { sensors: readonly SensorSeries[] }) {
  const sources = sensors.flatMap(({ label, readings }) =>
    readings.status === 'present' ? [`${label}: ${readings.value.source}, twice a second.`] : [],
  );
  const notes = [...sources, ...describeAbsences(sensors)];
  return notes.length === 0 ? null : <p className={classes.sensors}>{notes.join(' ')}</p>;
}

/** Sensors of one driver are usually absent for one reason, which is said once. */
function describeAbsences(sensors: readonly SensorSeries[]): string[] {
  const labels = new Map<string, string[]>();
  for (const { label, readings } of sensors) {
    if (readings.status === 'present') continue;
    const { reason, remedy } = readings;
    const sentences = `${reason}${reason.endsWith('.') ? '' : '.'}${remedy === null ? '' : ` ${remedy}`}`;
    labels.set(sentences, [...(labels.get(sentences) ?? []), label]);
  }
  return [...labels].map(([sentences, names]) => `${names.join(' and ')} not available: ${sentences}`);
}
