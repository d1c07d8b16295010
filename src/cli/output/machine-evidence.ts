import type { Energy, EnergyMethod, MeteredEnergy } from '../../shared/domain/energy.ts';
import type { Measurement } from '../../shared/domain/measurement.ts';
import { formatQuantity, formatReading, kindShapes } from '../../shared/units.ts';

/** What the sensors said beside a result, as label and text of one line each; energy never without its method. */
export function listMachineEvidence({ throttling, energy }: Measurement): (readonly [string, readonly string[]])[] {
  const metered = (energy?.meters ?? []).map(({ method, metered: found }): readonly [string, readonly string[]] => [
    'energy',
    found.status === 'present' ? describeMetered(method, found.value) : [`${method} not available: ${found.reason}`],
  ]);
  const ceiling = energy?.ceiling === undefined ? [] : [['energy', describeCeiling(energy.ceiling)] as const];
  return [['throttling', describeThrottling(throttling)], ...metered, ...ceiling];
}

function describeThrottling(throttling: Measurement['throttling']): string[] {
  if (throttling?.status !== 'present') return [];
  const { share, throttled, medianWithout, causes } = throttling.value;
  if (throttled === 0) return ['none seen'];
  return [
    `${formatQuantity(share, 'ratio').text} of the queries (${causes.join(', ')})`,
    medianWithout === null ? 'no median without them' : `p50 without them ${formatReading(medianWithout).text}`,
  ];
}

function describeMetered(
  method: EnergyMethod,
  { perSample, power, errorBand, idle, remarks }: MeteredEnergy,
): string[] {
  return [
    `${method}: ${formatReading(perSample).text} per sample`,
    formatReading(power).text,
    errorBand === null
      ? 'error of the meter not published'
      : `meter within ${formatQuantity(errorBand.share, 'ratio').text}`,
    ...(idle.status === 'present'
      ? [`without the idle ${formatReading(idle.value.power).text}: ${formatReading(idle.value.perSampleWithout).text}`]
      : []),
    ...remarks.map((remark) => remark.replace(/\.$/, '')),
  ];
}

function describeCeiling({ method, power, perSample }: NonNullable<Energy['ceiling']>): string[] {
  return [
    `${kindShapes.assumed} assumed (${method}): ${formatReading(perSample).text} per sample if it took ${formatReading(power).text} all the time`,
  ];
}
