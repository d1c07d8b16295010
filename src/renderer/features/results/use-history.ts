import { useInfiniteQuery } from '@tanstack/react-query';
import type { RunId } from '../../../shared/domain/ids.ts';
import { api } from '../../transport/connection.ts';
import type { ListedCell } from './listed-cell.ts';
import type { ResultsSearch } from './search.ts';
import { useRefreshResults } from './use-refresh-results.ts';

/** Small enough that reading one does not hold up a frame. */
const pageSize = 500;

type Cursor = Pick<ListedCell, 'runId' | 'index'>;

/** Every configuration that passes the filters, newest run first, a page at a time. */
export function useHistory({ run, ...filters }: ResultsSearch) {
  useRefreshResults();
  return useInfiniteQuery(
    api.results.list.infiniteOptions({
      input: (cursor: Cursor | undefined) => ({
        ...filters,
        // Checked by the host, which says when this is no run.
        ...(run === undefined ? {} : { runId: run as RunId }),
        ...(cursor === undefined ? {} : { cursor }),
        limit: pageSize,
      }),
      initialPageParam: undefined,
      getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    }),
  );
}
