import type { CellConfig } from '../domain/plan.ts';

/** Whether two configurations differ in nothing but the batch, whatever they were measured for. */
export function isAlike(one: CellConfig, other: CellConfig): boolean {
  return toColumnKey(one) === toColumnKey(other);
}

/** Equal for configurations that differ in the batch alone. */
export function toColumnKey(config: CellConfig): string {
  const { batch: _batch, trial: _trial, dims, instances = 1, ...rest } = config;
  const entries = Object.entries({ ...rest, instances, dims: Object.entries(dims).toSorted() });
  return JSON.stringify(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
