import type { Plan } from '../../shared/domain/plan.ts';

/** Whether a plan spans more than one configuration along these dimensions. */
export function isMatrix({ models, providers, threads, instances = [1], batches }: Plan): boolean {
  return [models, providers, threads, instances, batches].some((values) => new Set<unknown>(values).size > 1);
}
