import { Button, Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ButtonLink } from '../../components/button-link.tsx';
import { DataTable } from '../../components/data-table/data-table.tsx';
import { shortName } from '../../components/describe-config.ts';
import { Page } from '../../components/page.tsx';
import { Empty, FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { useComparisonSession } from '../../transport/comparison-session.ts';
import { isComparing } from '../../transport/comparison-state.ts';
import { api } from '../../transport/connection.ts';
import { comparisonColumns } from './comparison-columns.tsx';
import classes from './compare.module.css';
import type { ListedComparison } from './listed-comparison.ts';
import { parseComparisonsSearch } from './search.ts';

const route = getRouteApi('/measure/compare');
const pageSize = 200;

type Cursor = ListedComparison['id'];

/** Every comparison that was stored here, newest first. */
export function ComparisonsScreen() {
  const { model } = route.useSearch();
  const navigate = route.useNavigate();
  const format = useFormat();
  const comparing = useComparisonSession(({ session }) => isComparing(session));
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    api.comparisons.list.infiniteOptions({
      input: (cursor: Cursor | undefined) => ({
        ...(model === undefined ? {} : { model }),
        ...(cursor === undefined ? {} : { cursor }),
        limit: pageSize,
      }),
      initialPageParam: undefined,
      getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    }),
  );
  const rows = data?.pages.flatMap(({ items }) => items) ?? [];
  const models = [
    ...new Set([...rows.flatMap(({ baseline, candidate }) => [baseline.model, candidate.model]), model]),
  ].filter((name) => name !== undefined);
  const choose = (name: string | null): void => void navigate({ search: parseComparisonsSearch({ model: name }) });
  const isNone = data !== undefined && rows.length === 0;
  return (
    <Page
      actions={
        <>
          {comparing && (
            <ButtonLink to="/measure/compare/running" variant="default">
              Show what is being compared
            </ButtonLink>
          )}
          <ButtonLink to="/measure/compare/stored" variant="default">
            Two stored results
          </ButtonLink>
          <ButtonLink to="/measure/compare/new">New comparison</ButtonLink>
        </>
      }
      lead="Which of two is faster on this machine, and what it costs in quality."
      title="Compare"
    >
      {error !== null && <FailureNote error={error} onRetry={() => void refetch()} />}
      {isPending && <Loading what="Reading the comparisons." />}
      {isNone && model === undefined && (
        <Empty>
          Nothing has been compared yet. A comparison runs two models, providers or thread counts in turn, so that
          neither profits from a quiet moment, and gives one verdict: FASTER, SLOWER, SAME or AMBIGUOUS.
        </Empty>
      )}
      {isNone && model !== undefined && (
        <Empty
          action={
            <Button onClick={() => choose(null)} variant="default">
              Show all comparisons
            </Button>
          }
        >
          No comparison has the model {shortName(model)}.
        </Empty>
      )}
      {rows.length > 0 && (
        <>
          <div className={classes.filters}>
            <Select
              clearable
              data={models.map((value) => ({ value, label: shortName(value) }))}
              label="Model"
              nothingFoundMessage="None has this name."
              onChange={choose}
              placeholder="any"
              searchable={models.length > 7}
              size="xs"
              value={model ?? null}
            />
            <span className={classes.count} role="status">
              {hasNextPage && 'the newest '}
              {format.count(rows.length)} {rows.length === 1 ? 'comparison' : 'comparisons'}
            </span>
          </div>
          <DataTable
            columns={comparisonColumns}
            isComplete={!hasNextPage}
            label="Comparisons, newest first"
            leastWidthPx={760}
            maxHeight="max(352px, calc(100dvh - 240px))"
            onNearEnd={() => {
              if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
            }}
            onOpen={({ id }) => void navigate({ to: '/measure/compare/$comparisonId', params: { comparisonId: id } })}
            rows={rows}
            scrollId="comparisons"
            startsGroup={(row, before) => row.groupId !== before.groupId}
            toKey={({ id }) => id}
          />
        </>
      )}
    </Page>
  );
}
