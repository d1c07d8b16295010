import type { RecipeId } from '../../../shared/domain/quantization.ts';
import type { ModelFacts, Target } from './facts.ts';

/** What a rule says of a recipe: the lower the rank, the better; null: it is advised against. */
export interface Opinion {
  rank: number | null;
  reason: string;
  caution?: string | null;
  parameters?: Readonly<Record<string, unknown>>;
}

/** Judges one recipe for a model on a provider. */
export type Adviser = (facts: ModelFacts, target: Target) => Opinion;

/** A line for each recipe: whoever adds one says here what it is good for. */
export type Advisers = Readonly<Record<RecipeId, Adviser>>;

export function propose(rank: number, reason: string, more: Omit<Opinion, 'rank' | 'reason'> = {}): Opinion {
  return { rank, reason, ...more };
}

export function advise(against: string): Opinion {
  return { rank: null, reason: against };
}

/** "37 %", for sentences. What is not all or nothing is not called so. */
export function percent(share: number): string {
  const rounded = Math.round(100 * share);
  if (rounded === 100 && share < 1) return 'more than 99 %';
  return rounded === 0 && share > 0 ? 'less than 1 %' : `${rounded} %`;
}

/** "1 node", "3 nodes". */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** "of its multiply-accumulates" or "of its weights", after what the shares are of. */
export function ofWork({ work }: ModelFacts): string {
  return work.kind === 'macs' ? 'of its multiply-accumulates' : 'of its weights';
}
