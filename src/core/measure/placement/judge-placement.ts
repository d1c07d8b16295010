import type { Finding } from '../../../shared/domain/measurement.ts';
import type { Placement } from '../../../shared/domain/placement.ts';
import type { ProviderId } from '../../../shared/domain/provider.ts';
import type { Observed } from '../../../shared/domain/provenance.ts';
import { providerFacts } from '../../../shared/provider-facts.ts';

/** Operators that are named; the rest is counted. */
const namedOperators = 3;

/** Whether a result may have the name of its device: not without proof, and not when the processor did the work. */
export function judgePlacement(provider: ProviderId, placement: Observed<Placement> | undefined): Finding | null {
  if (provider === 'cpu') return null;
  const { name } = providerFacts[provider];
  if (placement?.status !== 'present') {
    return {
      code: 'PLACEMENT_NOT_PROVED',
      severity: 'remark',
      reason:
        placement === undefined
          ? 'The share of the work that ran on the device was not measured.'
          : `The share of the work that ran on the device is not known, because ${placement.reason}.`,
      remedy: 'Read the number as that of a session which asked for this provider.',
    };
  }
  const { label, deviceShare } = placement.value;
  if (label === 'device') return null;
  const share = `${(deviceShare * 100).toPrecision(3)} %`;
  const onCpu = describeOnCpu(placement.value);
  const finding =
    label === 'mixed'
      ? { code: 'PLACEMENT_MIXED', severity: 'remark' as const }
      : { code: 'PLACEMENT_CPU', severity: 'invalid' as const };
  return {
    ...finding,
    reason: `${share} of the time was spent on the device of ${name}; the processor ran ${onCpu}.`,
    remedy:
      label === 'mixed'
        ? 'Quote it as mixed, or use a form of the model whose operators the provider has.'
        : `This is no result of ${name}: measure the model on the CPU, or in a form whose operators the provider has.`,
  };
}

function describeOnCpu({ onCpu }: Placement): string {
  const named = onCpu.slice(0, namedOperators).map(({ operator, nodes }) => `${nodes} × ${operator}`);
  const others = onCpu.slice(namedOperators).reduce((sum, { nodes }) => sum + nodes, 0);
  return named.length === 0 ? 'the rest' : `${named.join(', ')}${others > 0 ? ` and ${others} other nodes` : ''}`;
}
