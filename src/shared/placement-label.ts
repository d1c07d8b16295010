import type { Placement } from './domain/placement.ts';
import type { ProviderId } from './domain/provider.ts';
import type { Observed } from './domain/provenance.ts';

/** The name that a result may bear: the provider's only where its device did the work, or where nothing is known. */
export function labelProvider(provider: ProviderId, placement: Observed<Placement> | undefined): string {
  if (placement?.status !== 'present') return provider;
  switch (placement.value.label) {
    case 'device':
      return provider;
    case 'mixed':
      return `${provider}, mixed`;
    case 'cpu':
      return `cpu (${provider} asked)`;
  }
}
