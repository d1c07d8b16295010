import type { ApiClient } from '../../transport/client.ts';

/** One configuration as the host lists it. */
export type ListedCell = Awaited<ReturnType<ApiClient['results']['list']>>['items'][number];

/** What sets runs apart at a glance: the end of the id, which is drawn at random. */
export function shortRunId(runId: string): string {
  return runId.slice(-7);
}

/** A configuration within its run and model, e.g. "cpu · batch 4 · 2 threads". */
export function describeSetup({ provider, scenario, batch, threads }: Omit<ListedCell, 'id'>): string {
  const parts = [provider, `batch ${batch}`];
  if (threads > 0) parts.push(`${threads} ${threads === 1 ? 'thread' : 'threads'}`);
  if (scenario === 'offline') parts.push('offline');
  return parts.join(' · ');
}
