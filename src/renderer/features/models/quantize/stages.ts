import type { QuantizingStage } from '../../../../shared/domain/quantizing.ts';

const words: Readonly<Record<QuantizingStage, string>> = {
  building: 'Building the model, which is done once.',
  judging: 'Making and running variants to find the nodes to leave.',
  calibrating: 'Running calibration data to learn the ranges of activations.',
  writing: 'Quantizing and writing the weights.',
  checking: 'Loading the result in ONNX Runtime and running it once.',
};

/** What goes on, as a sentence; null: the host has not said yet. */
export function describeStage(stage: QuantizingStage | null, name: string): string {
  return stage === null ? `Reading ${name}.` : words[stage];
}

/** What the share of a stage is of: building and judging have one of their own, the others are parts of one. */
export function partOf(stage: QuantizingStage | null): 'building' | 'judging' | 'making' {
  return stage === 'building' || stage === 'judging' ? stage : 'making';
}

/** Before this share or time, what was done says little of what is left. */
const leastShare = 0.1;
const leastMs = 2_000;

/** Seconds that a stage still takes if it goes on as it went; null while that cannot be told. */
export function estimateLeftS(share: number, elapsedMs: number): number | null {
  if (share < leastShare || elapsedMs < leastMs) return null;
  return Math.ceil(((1 - share) * elapsedMs) / share / 1000);
}
