import type { Kernels, Quality, SideEvidence, SpeedVerdict } from '../../../shared/domain/comparison.ts';
import type { MachineReport } from '../../../shared/domain/machine.ts';
import type { Finding } from '../../../shared/domain/measurement.ts';
import type { ProviderId } from '../../../shared/domain/provider.ts';
import type { GraphFacts, ProductSizes } from '../kernels/graph-facts.ts';

/** One side as far as causes go. */
export interface ExplainedSide {
  provider: ProviderId;
  /** Intra-op threads; 0 = ONNX Runtime's default. */
  threads: number;
  weightPrecision: SideEvidence['weightPrecision'];
  facts: GraphFacts;
  kernels: Kernels | null;
  products: ProductSizes | null;
}

/** What is known of a comparison when it is explained. */
export interface ComparisonContext {
  /** The verdict that counts, after adjustment; null where speed was not measured. */
  verdict: SpeedVerdict | null;
  baseline: ExplainedSide;
  candidate: ExplainedSide;
  machine: { cpu: Pick<MachineReport['cpu'], 'isa'>; operatingSystem: Pick<MachineReport['operatingSystem'], 'arch'> };
  /** Whether sums of 8-bit products saturate on this processor; null: not probed. */
  saturates: boolean | null;
  /** Share of processor time that others used during the pairs; null: the system does not tell. */
  otherLoad: number | null;
  quality: Quality | null;
}

/** A side in the place that a rule is asked about. */
export interface SideContext extends ExplainedSide {
  /** For sentences: "The candidate". */
  name: 'The baseline' | 'The candidate';
  machine: ComparisonContext['machine'];
  saturates: boolean | null;
  otherLoad: number | null;
}

/**
 * One thing that can be wrong with a side of low precision. `find` gives the evidence as a sentence, with what to do,
 * or null where there is none; it never guesses.
 */
export interface Cause {
  code: string;
  severity: Finding['severity'];
  /** `not-faster`: only asked where the lower precision brought no speed. */
  asked: 'always' | 'not-faster';
  /** Whether it says why a lower precision is not faster. */
  explainsSpeed: boolean;
  find(side: SideContext): { reason: string; remedy: string } | null;
}

/** Share of weights in types other than float32 and float64. */
export function reducedShare({ weightPrecision }: Pick<ExplainedSide, 'weightPrecision'>): number {
  return Object.entries(weightPrecision)
    .filter(([type]) => type !== 'float32' && type !== 'float64')
    .reduce((sum, [, share]) => sum + share, 0);
}

/** Share of weights in 16-bit floats. */
export function halfShare({ weightPrecision }: Pick<ExplainedSide, 'weightPrecision'>): number {
  return (weightPrecision.float16 ?? 0) + (weightPrecision.bfloat16 ?? 0);
}

/** Less than this share of the weights does not make a precision: biases, single embeddings. */
export const fewWeights = 0.01;

/** Share of time of all operators of a class. */
export function classShare(kernels: Kernels, wanted: Kernels['operators'][number]['class']): number {
  return kernels.operators.filter((one) => one.class === wanted).reduce((sum, { share }) => sum + share, 0);
}

/** "12 %", "3.4 %". */
export function percent(share: number): string {
  return `${(share * 100).toPrecision(share >= 0.1 ? 2 : 1)} %`;
}

/** Names in quotes, the rest as a number. */
export function listNames(names: readonly string[], most = 4): string {
  const shown = names.slice(0, most).map((name) => `"${name}"`);
  return names.length > most ? `${shown.join(', ')} and ${names.length - most} more` : shown.join(', ');
}

/** "2 Conv, 1 Add". */
export function countOperators(islands: Kernels['islands']): string {
  const counts = new Map<string, number>();
  for (const { operator } of islands) counts.set(operator, (counts.get(operator) ?? 0) + 1);
  return [...counts].map(([operator, count]) => `${count} ${operator}`).join(', ');
}
