import { useQuery } from '@tanstack/react-query';
import { Page, Panel } from '../../components/page.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { api } from '../../transport/connection.ts';
import { Debts } from './debts.tsx';
import { FirstSteps } from './first-steps.tsx';
import { LatestVerdicts } from './latest-verdicts.tsx';
import { MachineLine } from './machine-line.tsx';
import { MeasureMachine } from './measure-machine.tsx';
import { chooseBest, newestResults } from './best-results.ts';
import { ProviderList } from './provider-list.tsx';

export function OverviewScreen() {
  return (
    <Page actions={<MeasureMachine />} title="This machine">
      <MachineLine />
      <Verdicts />
      <Panel title="Execution providers">
        <ProviderList />
      </Panel>
    </Page>
  );
}

/** What was measured so far and what it still rests on; before the first measurement, how to begin. */
function Verdicts() {
  const { data, error, refetch } = useQuery(api.results.list.queryOptions({ input: newestResults }));
  if (error !== null) {
    return (
      <Panel title="Latest verdicts">
        <FailureNote error={error} onRetry={() => void refetch()} />
      </Panel>
    );
  }
  if (data === undefined) {
    return (
      <Panel title="Latest verdicts">
        <Loading what="Reading the results." />
      </Panel>
    );
  }
  if (data.items.length === 0) return <FirstSteps />;
  const models = chooseBest(data.items);
  return (
    <>
      <LatestVerdicts isPartial={data.nextCursor !== null} models={models} />
      <Debts models={models} />
    </>
  );
}
