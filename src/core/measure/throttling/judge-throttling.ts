import type { Finding, Measurement } from '../../../shared/domain/measurement.ts';
import type { ThrottleCause } from '../../../shared/domain/throttling.ts';
import { formatQuantity, formatReading } from '../../../shared/units.ts';

/** Own: with more of its queries throttled, a result says more about the cooling. */
const shareLimit = 0.05;

const words: Readonly<Record<ThrottleCause, string>> = {
  'cpu-heat': 'the kernel slowed the processor down for its heat',
  'cpu-clock': 'the processor lost clock at its critical temperature',
  'gpu-heat': 'heat held the clock of the GPU',
  'gpu-power-brake': 'the power brake or the hardware of the GPU held its clock',
  'gpu-clock': 'the GPU ran below 75 % of its default clock',
};

/** INVALID where more than 5 % of the kept queries were throttled. */
export function judgeThrottling({ throttling }: Pick<Measurement, 'throttling'>): Finding | null {
  if (throttling?.status !== 'present' || throttling.value.share <= shareLimit) return null;
  const { share, causes, medianWithout } = throttling.value;
  const rest =
    medianWithout === null
      ? 'the others earn no median of their own'
      : `the median of the others is ${formatReading(medianWithout).text}`;
  return {
    code: 'THROTTLED',
    severity: 'invalid',
    reason: `${formatQuantity(share, 'ratio').text} of the queries ran while ${causes.map((cause) => words[cause]).join(' and ')}; ${rest}.`,
    remedy: 'Improve the cooling or the power supply, or lock the clock below what it can hold, and measure again.',
  };
}
