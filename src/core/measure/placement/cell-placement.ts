import type { SessionConfig } from '../../../engine/protocol.ts';
import type { Measurement } from '../../../shared/domain/measurement.ts';
import type { MeasureCellOptions } from '../cell-options.ts';
import { medianLatencyNs } from '../validity.ts';
import { provePlacement } from './prove-placement.ts';

/**
 * Where the work of a measured configuration ran, of providers that can leave some of it to the CPU. `summary` is of what
 * compares with the pass, one session on its own; null where the measured part was something else.
 */
export async function findPlacement(
  { spawn, prepared, temporaryFolder, deadlines, memoryLimitBytes, signal }: MeasureCellOptions,
  session: SessionConfig,
  summary: Measurement['summary'] | null,
): Promise<Pick<Measurement, 'placement'>> {
  if (prepared.config.provider === 'cpu') return {};
  const placement = await provePlacement({
    spawn,
    session,
    inputs: prepared.inputs,
    measuredMedianNs: summary === null ? null : medianLatencyNs(summary),
    temporaryFolder,
    deadlines,
    memoryLimitBytes,
    ...(signal ? { signal } : {}),
  });
  return { placement };
}
