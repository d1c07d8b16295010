import type { CellProgress } from '../../../shared/domain/run-session.ts';

/** A part of measuring one configuration, in order, with what happens in it. */
export interface Stage {
  id: string;
  name: string;
  what: string;
}

export const stages: readonly Stage[] = [
  {
    id: 'start',
    name: 'Engine start',
    what: 'Inputs are prepared, other load on the machine is watched for a second, and a fresh engine process starts.',
  },
  { id: 'session', name: 'Session creation', what: 'The model is loaded and optimized; timed apart.' },
  { id: 'first', name: 'First inference', what: 'The first query, which pays for what later ones reuse; timed apart.' },
  {
    id: 'warm-up',
    name: 'Warm-up',
    what: 'Queries that are not counted, until three windows in a row agree or the limit is reached.',
  },
  { id: 'measured', name: 'Measured part', what: 'Every query is timed and counted; samples are kept as they come.' },
  { id: 'checks', name: 'Checks', what: 'Caching and the cost of the harness itself are measured, after the queries.' },
];

/** Where a configuration stands among the stages; before the engine tells, at the start. */
export function stageIndex(progress: CellProgress | null): number {
  return Math.max(
    0,
    stages.findIndex(({ id }) => id === progress?.stage),
  );
}
