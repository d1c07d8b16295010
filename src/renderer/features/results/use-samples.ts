import { useInfiniteQuery } from '@tanstack/react-query';
import type { CellId } from '../../../shared/domain/ids.ts';
import { api, type client } from '../../transport/connection.ts';

/** One kept query; ns from the start of the measured part. */
export interface Sample {
  /** Its place among the kept ones, from 1. */
  query: number;
  /** null in closed loops, where nothing is scheduled. */
  scheduledNs: number | null;
  issuedNs: number;
  completedNs: number;
  latencyNs: number;
}

type Page = Awaited<ReturnType<typeof client.results.samples>>;

const pageSize = 2_000;

/** Raw samples of one engine process, a page at a time. `n` is null until the first page is there. */
export function useSamples(cellId: CellId, process: number) {
  const { data, ...query } = useInfiniteQuery(
    api.results.samples.infiniteOptions({
      input: (offset: number) => ({ cellId, process, offset, limit: pageSize }),
      initialPageParam: 0,
      getNextPageParam: ({ n }, _, offset) => (offset + pageSize < n ? offset + pageSize : undefined),
    }),
  );
  const rows = data?.pages.flatMap((page, index) => toSamples(page, index * pageSize)) ?? [];
  return { ...query, rows, n: data?.pages[0]?.n ?? null };
}

/** The samples of a page that begins at `offset`. Latency counts from when a query was due, if anything was scheduled. */
export function toSamples({ scheduledNs, issuedNs, completedNs }: Page, offset: number): Sample[] {
  return issuedNs.map((issued, index) => {
    const scheduled = scheduledNs?.[index] ?? null;
    const completed = completedNs[index] ?? issued;
    return {
      query: offset + index + 1,
      scheduledNs: scheduled,
      issuedNs: issued,
      completedNs: completed,
      latencyNs: completed - (scheduled ?? issued),
    };
  });
}
