import { absent, present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { matchAccelerator } from '../catalogue/accelerators.ts';

/** Ids of the catalogue rows that a GPU can be: one when name and memory decide, several when they do not. */
export function matchGpu(name: string, memoryBytes: Observed<number>, cores: number | null = null): Observed<string[]> {
  const match = matchAccelerator(name, memoryBytes.status === 'present' ? memoryBytes.value : null, cores);
  if (match.status === 'matched') return present([match.accelerator.id]);
  if (match.status === 'ambiguous') return present(match.candidates.map((candidate) => candidate.id));
  return absent(match.reason);
}
