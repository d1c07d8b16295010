import { Link } from '@tanstack/react-router';
import { CancelRun } from '../../components/cancel-run.tsx';
import { describeConfig, shortName } from '../../components/describe-config.ts';
import { useFormat } from '../../components/use-format.ts';
import { useTimeLeft } from '../../components/use-time-left.ts';
import type { RunSession } from '../../../shared/domain/run-session.ts';
import { useConnection } from '../../transport/connection.ts';
import { useRunSession } from '../../transport/run-session.ts';
import classes from './frame.module.css';
import own from './running-pill.module.css';

/** What is being measured, on every screen; opens Live and can cancel. */
export function RunningPill() {
  const format = useFormat();
  const session = useRunSession((state) => state.session);
  const left = useTimeLeft(session);
  const isCurrent = useConnection(({ phase }) => phase === 'connected');
  if (session === null) return null;
  if (session.phase === 'ended') return session.unsaved.length > 0 ? <Unsaved count={session.unsaved.length} /> : null;
  return (
    <div aria-live="off" className={classes.pill} role="status">
      <Link to="/measure/live">
        <span aria-hidden="true">{isCurrent ? '◉' : '○'}</span> {!isCurrent && 'last known: '}
        {describeActivity(session)}
        {isCurrent && left.planS !== null && ` · ${format.duration(left.planS)} left`}
      </Link>
      <CancelRun compact session={session} />
    </div>
  );
}

function describeActivity({ phase, cells, preparing }: RunSession): string {
  if (phase === 'waiting') return 'waiting for another measurement';
  if (phase === 'preparing') return preparing === null ? 'preparing' : `preparing ${shortName(preparing.model)}`;
  const position = cells.findIndex(({ state }) => state === 'running');
  const cell = cells[position];
  if (cell === undefined) return 'between two configurations';
  return `${describeConfig(cell.config)} · ${position + 1}/${cells.length}`;
}

/** Results that only Live can still save, said on every screen. */
function Unsaved({ count }: { count: number }) {
  return (
    <div className={own.unsaved} role="alert">
      <Link to="/measure/live">
        <span aria-hidden="true">▲</span> {count === 1 ? '1 result is not stored' : `${count} results are not stored`}
      </Link>
    </div>
  );
}
