import type { ComparisonSession } from '../../../transport/comparison-state.ts';

/** What happens to one candidate, in order. */
export const stages = [
  {
    id: 'preparing',
    name: 'Preparing',
    what: 'Models are read, and reference models built where they are not there yet.',
  },
  { id: 'warm-up', name: 'Warm-up', what: 'Both sides run until they are steady; nothing of it counts.' },
  { id: 'pairs', name: 'Pairs', what: 'Blocks of both sides in turn, until the interval settles the verdict.' },
  { id: 'kernels', name: 'Kernels', what: 'A few queries of each side are profiled, to see which kernels run.' },
  { id: 'quality', name: 'Quality', what: 'Both sides answer the same inputs; their outputs are compared.' },
] as const;

export type StageId = (typeof stages)[number]['id'];

/** The stage that a session is in. */
export function stageOf({ progress }: Pick<ComparisonSession, 'progress'>): StageId {
  return progress?.stage ?? 'preparing';
}
