import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../../shared/contract/index.ts';

/** One configuration as the list of results has it. */
export type ListedCell = InferContractRouterOutputs<typeof contract>['results']['list']['items'][number];

/** What the overview reads: enough for the models somebody works on now, and quick with any number of results. */
export const newestResults: InferContractRouterInputs<typeof contract>['results']['list'] = {
  state: 'completed',
  limit: 500,
};

/** What is known of one model: its fastest valid configuration, and its newest result of any verdict. */
export interface ModelResults {
  model: string;
  /** Lowest p50 latency among valid results; null: no result is valid. */
  best: ListedCell | null;
  newest: ListedCell;
}

/** One entry per model, the one that was measured last first. `cells` are completed ones, newest first. */
export function chooseBest(cells: readonly ListedCell[]): ModelResults[] {
  const models = new Map<string, ModelResults>();
  for (const cell of cells) {
    const known = models.get(cell.model) ?? { model: cell.model, best: null, newest: cell };
    models.set(cell.model, isBetter(cell, known.best) ? { ...known, best: cell } : known);
  }
  return [...models.values()];
}

function isBetter(cell: ListedCell, best: ListedCell | null): boolean {
  if (cell.p50Ns === null || cell.verdict === null || cell.verdict === 'INVALID') return false;
  return best?.p50Ns == null || cell.p50Ns < best.p50Ns;
}
