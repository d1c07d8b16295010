import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { cellIdSchema } from '../../../shared/domain/ids.ts';
import { ButtonLink } from '../../components/button-link.tsx';
import { describeConfig } from '../../components/describe-config.ts';
import { Page } from '../../components/page.tsx';
import { Empty, FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { toShownFailure } from '../../transport/failure.ts';
import { MeasuredResult } from './measured-result.tsx';
import { RunPanel } from './run-panel.tsx';
import { UnmeasuredResult } from './unmeasured-result.tsx';
import { useRefreshResults } from './use-refresh-results.ts';

const route = getRouteApi('/measure/results/$cellId');

/** One configuration of one run: its verdict, its numbers, and everything they rest on. */
export function ResultScreen() {
  const { cellId } = route.useParams();
  const id = cellIdSchema.safeParse(cellId);
  return id.success ? <Result cellId={id.data} /> : <Missing cellId={cellId} />;
}

function Result({ cellId }: { cellId: ReturnType<typeof cellIdSchema.parse> }) {
  useRefreshResults();
  const format = useFormat();
  const { data, error, isPending, refetch } = useQuery(api.results.get.queryOptions({ input: { cellId } }));
  if (isPending) {
    return (
      <Page title="Result">
        <Loading what="Reading the result." />
      </Page>
    );
  }
  if (error !== null) {
    if (toShownFailure(error).code === 'NOT_FOUND') return <Missing cellId={cellId} />;
    return (
      <Page title="Result">
        <FailureNote error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  const { cell, series } = data;
  const { outcome } = cell;
  return (
    <Page
      actions={
        <>
          <ButtonLink search={{ result: cell.id }} to="/measure/compare/new" variant="default">
            Compare with …
          </ButtonLink>
          <ButtonLink search={{ again: cell.id }} to="/measure/new">
            Measure again
          </ButtonLink>
        </>
      }
      lead={
        cell.startedAt === null
          ? 'Not begun'
          : `${outcome.state === 'completed' ? 'Measured' : 'Begun'} ${format.time(cell.startedAt)}`
      }
      title={describeConfig(cell.config)}
    >
      {outcome.state === 'completed' ? (
        <MeasuredResult cell={cell} outcome={outcome} series={series} />
      ) : (
        <UnmeasuredResult cell={cell} outcome={outcome} series={series} />
      )}
      <RunPanel linksToResults runId={cell.runId} />
    </Page>
  );
}

function Missing({ cellId }: { cellId: string }) {
  return (
    <Page title="No such result">
      <Empty
        action={
          <ButtonLink to="/measure/results" variant="default">
            Show all results
          </ButtonLink>
        }
      >
        There is no result <code>{cellId}</code>: its run was deleted, or the address is mistyped.
      </Empty>
    </Page>
  );
}
