import type { CellConfig, Plan } from '../../../shared/domain/plan.ts';
import { isOwnShare } from '../../../shared/matrix/tuning.ts';
import { expandMatrix } from '../expand-plan.ts';

/** What a plan searches among. */
export interface TuneSpace {
  /** Configurations that differ in the batch alone, in ascending order of it; one column for everything else. */
  columns: readonly (readonly CellConfig[])[];
  /**
   * What ONNX Runtime does when nothing is chosen: its own number of threads, one sample in a query, one process, the
   * first model and the first provider of the plan. It is measured in full beside the winner and need not be a
   * candidate itself.
   */
  defaults: CellConfig;
}

/**
 * The candidates of a plan. A larger batch never shortens the latency of a query, so where that is the objective only
 * the smallest batch is one.
 */
export function toTuneSpace(plan: Plan): TuneSpace {
  const batches = [...new Set(plan.batches)].toSorted((left, right) => left - right);
  const smallest = batches.slice(0, 1);
  const isLatency = plan.search?.kind === 'tune' && plan.search.objective === 'latency';
  const configs = expandMatrix({ ...plan, batches: isLatency ? smallest : batches }).filter(
    ({ threads, instances = 1 }) => isOwnShare(threads, instances, plan.threads),
  );
  const [first] = expandMatrix({ ...withoutInstances(plan), batches: smallest, threads: [0] });
  if (first === undefined) throw new Error('A plan without a model, provider or batch');
  const columns = Map.groupBy(configs, (config) => toConfigKey({ ...config, batch: 0 }));
  return { columns: [...columns.values()], defaults: first };
}

/** Equal for configurations that measure the same, whatever they were measured for. */
export function toConfigKey(config: CellConfig): string {
  const { model, provider, threads, batch, instances = 1 } = config;
  return JSON.stringify([model, provider, threads, batch, instances]);
}

function withoutInstances({ instances: _, ...plan }: Plan): Plan {
  return plan;
}
