import type { ApiClient } from '../../transport/client.ts';

/** One configuration as the host lists it. */
export type ListedCell = Awaited<ReturnType<ApiClient['results']['list']>>['items'][number];

/** What sets runs apart at a glance: the end of the id, which is drawn at random. */
export function shortRunId(runId: string): string {
  return runId.slice(-7);
}
