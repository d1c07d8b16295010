import type { CellConfig } from '../../../../shared/domain/plan.ts';
import { providerIdSchema } from '../../../../shared/domain/provider.ts';
import type { Draft } from './draft.ts';

/** A draft with one side, and what both share, as a stored result was measured. `key` of a candidate, or "baseline". */
export function takeOver(config: CellConfig, key: string, draft: Draft): Partial<Draft> {
  const { model, threads, batch, dims, seed } = config;
  const provider = providerIdSchema.parse(config.provider);
  const change = <Side extends { key: string }>(side: Side): Side =>
    side.key === key ? { ...side, model, provider, threads: String(threads) } : side;
  return {
    baseline: change(draft.baseline),
    candidates: draft.candidates.map(change),
    batch: String(batch),
    dims: { ...draft.dims, ...Object.fromEntries(Object.entries(dims).map(([name, size]) => [name, String(size)])) },
    seed: String(seed),
  };
}
