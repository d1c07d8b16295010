import type { Plan, ScenarioId } from '../../shared/domain/plan.ts';
import { toUsageError } from './arguments.ts';

/** Options of the scenario "server", and of a limit that a matrix is held against. */
export interface LoadOptions {
  scenario: ScenarioId;
  rate?: number[] | undefined;
  maxBatch?: number | undefined;
  maxDelayMs?: number | undefined;
  sloMs?: number | undefined;
  percentile?: number | undefined;
}

/**
 * What the options of a server add to a plan: a limit without a rate asks for the highest rate there; in other scenarios
 * configurations are held against it. Throws USAGE.
 */
export function toLoad({
  scenario,
  rate,
  maxBatch,
  maxDelayMs,
  sloMs,
  percentile,
}: LoadOptions): Pick<Plan, 'ratesPerS' | 'batching' | 'serviceLevel' | 'search'> {
  if (percentile !== undefined && sloMs === undefined) {
    throw toUsageError('A percentile was given, and no limit that it has to keep.', 'Add --slo-ms.');
  }
  if (maxDelayMs !== undefined && maxBatch === undefined) {
    throw toUsageError('A query waits for others only where several share a call.', 'Add --max-batch.');
  }
  return {
    ...(rate === undefined ? {} : { ratesPerS: rate }),
    ...(maxBatch === undefined ? {} : { batching: { maxBatch, maxDelayMs: maxDelayMs ?? 0 } }),
    ...(sloMs === undefined ? {} : { serviceLevel: { percentile: percentile ?? 99, latencyMs: sloMs } }),
    ...(scenario === 'server' && sloMs !== undefined && rate === undefined
      ? { search: { kind: 'rate' as const } }
      : {}),
  };
}
