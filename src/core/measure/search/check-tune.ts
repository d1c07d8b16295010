import type { Plan } from '../../../shared/domain/plan.ts';
import { InferometerError } from '../../../shared/errors.ts';
import { openSensors, type FoundSensor } from '../../telemetry/open-sensors.ts';
import { allowedCpuNumbers } from '../allowed-cpus.ts';
import type { RunOptions } from '../run-ports.ts';

/** Meters of the energy of a configuration; see src/core/measure/energy. */
const meters: ReadonlySet<string> = new Set(['cpu-energy', 'gpu-energy', 'gpu-power']);

/** Throws USAGE, with the reason, for a search for the least energy where no meter can be read. */
export async function refuseWithoutMeter(plan: Plan, options: Pick<RunOptions, 'openSensors'>): Promise<void> {
  if (plan.search?.kind !== 'tune' || plan.search.objective !== 'energy') return;
  for (const provider of plan.providers) {
    const found = await (options.openSensors ?? openSensors)({
      config: { provider, threads: 0 },
      allowedCpus: allowedCpuNumbers(),
      software: null,
      enginePids: () => [],
    });
    try {
      requireMeter(found, provider);
    } finally {
      for (const sensor of found) if (sensor.found.status === 'present') sensor.found.value.close();
    }
  }
}

function requireMeter(found: readonly FoundSensor[], provider: string): void {
  const own = found.filter(({ id }) => meters.has(id));
  if (own.some((sensor) => sensor.found.status === 'present')) return;
  const missing = own.map((sensor) => sensor.found).find((one) => one.status === 'absent');
  const reason = missing?.status === 'absent' ? missing.reason.replace(/\.$/, '') : 'no meter sees this provider';
  throw new InferometerError({
    code: 'USAGE',
    message: `The energy of ${provider} cannot be read here: ${reason}.`,
    remedy: missing?.status === 'absent' && missing.remedy !== null ? missing.remedy : 'Choose another objective.',
  });
}
