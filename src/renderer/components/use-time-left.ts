import { useQuery } from '@tanstack/react-query';
import type { RunSession } from '../../shared/domain/run-session.ts';
import { api } from '../transport/connection.ts';
import { isMeasuring } from '../transport/run-session.ts';
import { estimateTimeLeft, type TimeLeft } from './time-left.ts';

const unknown: TimeLeft = { configurationS: null, planS: null };

/** How long the running measurement still takes, asked from the host once and counted down by what it reports. */
export function useTimeLeft(session: RunSession | null): TimeLeft {
  const active = isMeasuring(session) ? session : null;
  const { data } = useQuery({
    ...api.plans.estimate.queryOptions({ input: active?.plan ?? emptyPlan }),
    enabled: active !== null,
  });
  return active === null ? unknown : estimateTimeLeft(active, data);
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
