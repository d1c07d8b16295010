import { useQuery } from '@tanstack/react-query';
import type { RunSession } from '../../shared/domain/run-session.ts';
import { formatDuration } from '../../shared/units.ts';
import { api } from '../transport/connection.ts';
import { isMeasuring } from '../transport/run-session.ts';

/** How long the running measurement still takes, e.g. "1 min 40 s"; null where nothing tells yet. */
export function useTimeLeft(session: RunSession | null): string | null {
  const active = isMeasuring(session) ? session : null;
  const { data } = useQuery({
    ...api.plans.estimate.queryOptions({ input: active?.plan ?? emptyPlan }),
    enabled: active !== null,
  });
  if (active === null || data === undefined || active.phase !== 'measuring') return null;
  const { plan, cells, progress } = active;
  const cellS = data.seconds / data.cells;
  const processS = cellS / plan.repeats;
  const waiting = cells.filter(({ state }) => state === 'pending').length;
  const hereS =
    progress === null
      ? cellS
      : (progress.remainingNs === null ? processS : progress.remainingNs / 1e9) +
        (plan.repeats - progress.process - 1) * processS;
  return formatDuration(hereS + waiting * cellS);
}

const emptyPlan: RunSession['plan'] = {
  models: ['digits-cnn'],
  providers: ['cpu'],
  scenario: 'single-stream',
  batches: [1],
  threads: [0],
  grade: 'quick',
  seed: 0,
  dims: {},
  inputs: null,
  repeats: 1,
};
