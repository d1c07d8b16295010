import { Button } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { runIdSchema } from '../../../shared/domain/ids.ts';
import { ButtonLink } from '../../components/button-link.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { FilterBar } from './filter-bar.tsx';
import { HistoryTable } from './history-table.tsx';
import { RunPanel } from './run-panel.tsx';
import { useHistory } from './use-history.ts';

const route = getRouteApi('/measure/results');

/** Every configuration that was ever measured on this data directory, newest first. */
export function ResultsScreen() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const format = useFormat();
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useHistory(search);
  const cells = data?.pages.flatMap(({ items }) => items) ?? [];
  const isFiltered = Object.keys(search).length > 0;
  const run = runIdSchema.safeParse(search.run);

  if (error === null && !isPending && cells.length === 0 && !isFiltered) {
    return (
      <Page title="Results">
        <Empty action={<ButtonLink to="/measure/new">New run</ButtonLink>}>
          Nothing has been measured yet. Every configuration of every run will be listed here, with its verdict, its
          latency and its throughput.
        </Empty>
      </Page>
    );
  }
  const configurations = cells.length === 1 ? 'configuration' : 'configurations';
  const count = hasNextPage
    ? `the newest ${format.count(cells.length)} ${configurations}, older ones below`
    : `${format.count(cells.length)} ${configurations}`;
  return (
    <Page title="Results">
      <FilterBar cells={cells} count={isPending || error !== null ? '' : count} search={search} />
      {run.success && cells.length > 0 && <RunPanel key={run.data} runId={run.data} />}
      {error !== null && <FailureNote error={error} onRetry={() => void refetch()} />}
      {isPending && <Loading what="Reading the results." />}
      {data !== undefined && cells.length === 0 && (
        <Empty
          action={
            <Button onClick={() => void navigate({ to: '/measure/results', search: {} })} variant="default">
              Show all results
            </Button>
          }
        >
          No result passes these filters.
        </Empty>
      )}
      {cells.length > 0 && (
        <HistoryTable
          cells={cells}
          isComplete={!hasNextPage}
          key={JSON.stringify(search)}
          onNearEnd={() => {
            if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
          }}
        />
      )}
    </Page>
  );
}
