import { useConnection } from '../../transport/connection.ts';
import classes from './frame.module.css';

/** Says when the host cannot be reached, and that nothing on the screen is newer than that. */
export function ConnectionNote() {
  const connection = useConnection();
  if (connection.phase === 'connected') return null;
  if (connection.phase === 'connecting') {
    return (
      <div className={classes.note} role="status">
        Connecting to Inferometer.
      </div>
    );
  }
  return (
    <div className={classes.note} role="alert">
      <strong>{connection.reason}</strong>
      <span>{connection.remedy}</span>
      <span>What is shown was read before. A host that still runs keeps measuring without this page.</span>
    </div>
  );
}
