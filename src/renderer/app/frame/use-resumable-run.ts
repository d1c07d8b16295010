import { useQuery } from '@tanstack/react-query';
import type { RunId } from '../../../shared/domain/ids.ts';
import { api } from '../../transport/connection.ts';
import { isMeasuring, useRunSession } from '../../transport/run-session.ts';

/** The newest run that was paused, cancelled or interrupted; null while there is none, or while something is measured. */
export function useResumableRun(): RunId | null {
  const measuring = useRunSession(({ session }) => isMeasuring(session));
  const cancelled = useQuery({
    ...api.runs.list.queryOptions({ input: { state: 'cancelled', limit: 1 } }),
    enabled: !measuring,
  });
  const paused = useQuery({
    ...api.runs.list.queryOptions({ input: { state: 'paused', limit: 1 } }),
    enabled: !measuring,
  });
  const interrupted = useQuery({
    ...api.runs.list.queryOptions({ input: { state: 'interrupted', limit: 1 } }),
    enabled: !measuring,
  });
  if (measuring) return null;
  const found = [cancelled, paused, interrupted].flatMap(({ data }) => data?.items.map(({ id }) => id) ?? []);
  // Ids sort by the time of their start.
  return found.sort().at(-1) ?? null;
}
