import { Panel } from '../../components/page.tsx';
import { SensorTable } from '../../components/sensor-table.tsx';
import classes from './machines.module.css';
import { useDoctor } from './use-doctor.ts';

/** The state of each sensor, as the last check of this machine found it. */
export function SensorsPanel() {
  const state = useDoctor();
  return (
    <Panel title="Sensors">
      {state.phase === 'done' ? (
        <SensorTable sensors={state.diagnosis.sensors} />
      ) : (
        <p className={classes.muted}>
          The doctor opens each sensor and says what it reads, or why it cannot and how to enable it.
        </p>
      )}
    </Panel>
  );
}
