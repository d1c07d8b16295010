import type { CellId } from '../../shared/domain/ids.ts';
import type { ProfilePlan } from '../../shared/domain/profile.ts';
import type { Storage } from '../storage/open.ts';

/** The plan that profiles a measured configuration as it was measured, on the same inputs. Throws NOT_FOUND. */
export function profilePlanOfCell(cellId: CellId, { cells, runs }: Pick<Storage, 'cells' | 'runs'>): ProfilePlan {
  const { config, runId } = cells.get(cellId);
  const { model, provider, batch, threads, device, dims, seed } = config;
  const { inputs } = runs.get(runId).plan;
  return { model, provider, batch, threads, dims, seed, inputs, ...(device === undefined ? {} : { device }) };
}
