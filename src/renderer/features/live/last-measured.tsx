import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { shortName } from '../../components/describe-config.ts';
import { Panel } from '../../components/page.tsx';
import { Empty, FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import classes from './live.module.css';
import { StartAgain } from './start-again.tsx';

/** While nothing is measured: what was measured last, and the way to the next. */
export function LastMeasured() {
  const format = useFormat();
  const { data, error, refetch } = useQuery(api.runs.list.queryOptions({ input: { limit: 1 } }));
  if (error !== null) return <FailureNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Reading what was measured last." />;
  const [last] = data.items;
  if (last === undefined) {
    return (
      <Empty action={<Link to="/measure/new">Choose what to measure</Link>}>
        Nothing was measured yet. A measurement that runs is shown here: how far it has come, the latency that passes
        by, and each result as it is stored.
      </Empty>
    );
  }
  const { id, plan, state, createdAt, cells, cellsByState } = last;
  const measured = cellsByState.completed ?? 0;
  const isUnfinished = state !== 'completed' && state !== 'running';
  return (
    <Panel title="Measured last">
      <div className={classes.now}>
        <p>
          <Link search={{ run: id }} to="/measure/results">
            {listNames(plan.models.map(shortName))}
          </Link>{' '}
          on {listNames(plan.providers)}, {format.time(createdAt)}: {format.count(measured)} of {format.count(cells)}{' '}
          {cells === 1 ? 'configuration' : 'configurations'} measured
          {isUnfinished && <>; {state}</>}.
        </p>
        <StartAgain blockedBy={null} plan={plan} resumable={isUnfinished ? id : null} />
      </div>
    </Panel>
  );
}

function listNames(names: readonly string[]): ReactNode {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
