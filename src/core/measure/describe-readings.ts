import type { Measurement } from '../../shared/domain/measurement.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { DoneRun } from './engine-run.ts';
import { meterEnergy } from './energy/meter-energy.ts';
import { readThrottling } from './throttling/read-throttling.ts';

/** What the sensors say about the engine processes of a configuration, one after another, beside their latencies. */
export function describeReadings(
  { ceilingW }: Pick<Plan, 'ceilingW'>,
  done: readonly DoneRun[],
  { processes, summary }: Pick<Measurement, 'processes' | 'summary'>,
): Pick<Measurement, 'throttling' | 'energy'> {
  const watched = done.flatMap(({ samples, telemetry, quiet }, index) => {
    const process = processes[index];
    if (telemetry === null || process === undefined) return [];
    const { durationNs, executedSamples } = process;
    return [{ samples, telemetry, quiet, durationNs, executedSamples }];
  });
  // Half of the processes would not tell what all of them took.
  if (watched.length === 0 || watched.length < done.length) return {};
  const median = summary.percentiles.find(({ percentile }) => percentile === 50);
  return {
    throttling: readThrottling(watched, median?.status === 'earned' ? median.reading : null),
    energy: meterEnergy(watched, ceilingW),
  };
}
