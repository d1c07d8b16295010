import type { Energy, MeteredEnergy } from '../../shared/domain/energy.ts';
import type { Measurement } from '../../shared/domain/measurement.ts';
import { formatQuantity, formatReading, kindShapes } from '../../shared/units.ts';

/** What the sensors said beside a result, as label and text of one line each. */
export function listMachineEvidence({ throttling, energy }: Measurement): (readonly [string, readonly string[]])[] {
  return [
    ['throttling', describeThrottling(throttling)],
    ...(energy?.meters ?? []).map(
      ({ method, metered }) =>
        [
          `energy, ${method}`,
          metered.status === 'present' ? describeMetered(metered.value) : [`not available: ${metered.reason}`],
        ] as const,
    ),
    ...(energy?.ceiling === undefined
      ? []
      : [[`energy, ${energy.ceiling.method}`, describeCeiling(energy.ceiling)] as const]),
  ];
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

function describeMetered({ perSample, power, errorBand, idle, remarks }: MeteredEnergy): string[] {
  return [
    `${formatReading(perSample).text} per sample`,
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

function describeCeiling({ power, perSample }: NonNullable<Energy['ceiling']>): string[] {
  return [
    `${kindShapes.assumed} assumed`,
    `${formatReading(perSample).text} per sample if it took ${formatReading(power).text} all the time`,
  ];
}
