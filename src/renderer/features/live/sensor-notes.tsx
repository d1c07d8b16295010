import type { SensorSeries } from '../../../shared/domain/run-session.ts';
import classes from './live.module.css';

/** What the panels of the sensors are read from, and why one that one might look for is not there. */
export function SensorNotes({ sensors }: { sensors: readonly SensorSeries[] }) {
  const sources = sensors.flatMap(({ label, readings }) =>
    readings.status === 'present' ? [`${label}: ${readings.value.source}, once a second.`] : [],
  );
  const reasons = sensors.flatMap(({ label, readings }) =>
    readings.status === 'absent' ? [describeAbsence(label, readings.reason, readings.remedy)] : [],
  );
  return sensors.length === 0 ? null : <p className={classes.sensors}>{[...sources, ...reasons].join(' ')}</p>;
}

function describeAbsence(label: string, reason: string, remedy: string | null): string {
  const sentence = `${label} not available: ${reason}${reason.endsWith('.') ? '' : '.'}`;
  return remedy === null ? sentence : `${sentence} ${remedy}`;
}
