import { Link } from '@tanstack/react-router';
import { CancelRun } from '../../components/cancel-run.tsx';
import { describeConfig } from '../../components/describe-config.ts';
import { useTimeLeft } from '../../components/use-time-left.ts';
import { isMeasuring, useRunSession } from '../../transport/run-session.ts';
import classes from './frame.module.css';

/** What is being measured, on every screen; opens Live and can cancel. */
export function RunningPill() {
  const session = useRunSession((state) => state.session);
  const left = useTimeLeft(session);
  if (!isMeasuring(session)) return null;
  const position = session.cells.findIndex(({ state }) => state === 'running');
  const cell = session.cells[position];
  const what =
    cell === undefined
      ? session.phase === 'waiting'
        ? 'waiting for another measurement'
        : 'preparing'
      : `${describeConfig(cell.config)} · ${position + 1}/${session.cells.length}`;
  return (
    <div className={classes.pill} role="status" aria-live="off">
      <Link to="/measure/live">
        <span aria-hidden="true">◉</span> {what}
        {left !== null && ` · ${left} left`}
      </Link>
      <CancelRun session={session} compact />
    </div>
  );
}
