import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { liveTrace, liveTraceHeightPx } from '../../../shared/charts/live-trace.ts';
import type { RunSession } from '../../../shared/domain/run-session.ts';
import classes from './live.module.css';
import { SensorNotes } from './sensor-notes.tsx';

/** Of the question and the buttons above the picture. */
const headPx = 27;

/**
 * Latency of the measured part as it passes by, and the sensors of the machine below it; the host keeps them, so a page
 * that is reloaded shows all of it.
 */
export function LatencyTrace({ session: { trace, sensors } }: { session: RunSession }) {
  // An amount that only grows and bits say nothing as a line.
  const present = sensors.flatMap(({ readings, ...sensor }) =>
    readings.status === 'present' && sensor.kind === 'gauge' ? [{ ...sensor, ...readings.value }] : [],
  );
  const heightPx = liveTraceHeightPx(present.length);
  return (
    <>
      {trace.elapsedNs.length === 0 ? (
        <div className={classes.noTrace} style={{ minHeight: headPx + heightPx }}>
          <h2>How has latency gone so far?</h2>
          <p>The trace begins with the measured part; warm-up is not in it.</p>
        </div>
      ) : (
        <ChartFigure
          draw={(style) => liveTrace({ ...trace, sensors: present }, style)}
          fileName="live-latency"
          heightPx={heightPx}
          isLive
          // Panels that go cannot be merged away.
          key={present.map(({ id }) => id).join(' ')}
        />
      )}
      <SensorNotes sensors={sensors} />
    </>
  );
}
