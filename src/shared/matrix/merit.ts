import type { EnergyMethod } from '../domain/energy.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { Objective, ServiceLevel } from '../domain/plan.ts';
import type { Reading } from '../domain/provenance.ts';
import type { ProviderId } from '../domain/provider.ts';

/** The percentile that an objective of latency is about where no service level names one. */
export const usualPercentile = 50;

/** Executed samples per second: of all instances together where several worked at once. */
export function readThroughput({ instances, summary }: Pick<Measurement, 'instances' | 'summary'>): Reading | null {
  return instances === undefined ? summary.throughput : instances.throughput;
}

/**
 * What an objective looks at: executed samples per second for throughput and for cost, which on one machine is its
 * price over it; the latency at the percentile of the service level; the energy of a sample. null where it was not
 * measured or is not earned.
 */
export function readMerit(
  measurement: Measurement,
  provider: ProviderId,
  objective: Objective,
  serviceLevel: ServiceLevel | undefined,
): Reading | null {
  switch (objective) {
    case 'throughput':
    case 'cost':
      return readThroughput(measurement);
    case 'latency': {
      const percentile = serviceLevel?.percentile ?? usualPercentile;
      const found = measurement.summary.percentiles.find((one) => one.percentile === percentile);
      return found?.status === 'earned' ? found.reading : null;
    }
    case 'energy':
      return readEnergy(measurement, provider);
  }
}

/** Whether less of it is better. */
export function isBetterBelow(objective: Objective): boolean {
  return objective === 'latency' || objective === 'energy';
}

/** Energy of a sample by the meter that sees most of what the provider uses; estimates from a power are none. */
function readEnergy({ energy }: Measurement, provider: ProviderId): Reading | null {
  const own: EnergyMethod = provider === 'cpu' ? 'CPU package' : 'GPU board, driver estimate';
  for (const wanted of ['wall', own]) {
    const found = energy?.meters.find(({ method }) => method === wanted)?.metered;
    if (found?.status === 'present') return found.value.perSample;
  }
  return null;
}
