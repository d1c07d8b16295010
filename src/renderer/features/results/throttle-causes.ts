import type { ThrottleCause } from '../../../shared/domain/throttling.ts';

const words: Readonly<Record<ThrottleCause, string>> = {
  'cpu-heat': 'heat of the processor',
  'cpu-clock': 'clock of the processor, at its critical temperature',
  'gpu-heat': 'heat of the GPU',
  'gpu-power-brake': 'power brake of the GPU',
  'gpu-clock': 'clock of the GPU under 75 % of its default',
};

/** Why something was held below what it can do, in words. */
export function describeCauses(causes: readonly ThrottleCause[]): string {
  return causes.map((cause) => words[cause]).join(', ');
}
