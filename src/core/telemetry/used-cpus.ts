import type { SensorScope } from './sensor.ts';

/** A number of threads above 1 is pinned to the first processors, see src/engine/runtime/session.ts. */
export function usedCpus({ config, allowedCpus }: SensorScope): readonly number[] {
  const isPinned = config.threads > 1 && allowedCpus.length >= config.threads;
  return isPinned ? allowedCpus.slice(0, config.threads) : allowedCpus;
}
