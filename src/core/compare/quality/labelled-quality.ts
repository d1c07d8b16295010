import type { LabelledQuality } from '../../../shared/domain/comparison.ts';
import type { Reading } from '../../../shared/domain/provenance.ts';
import { mcNemarExact, pairedDifference } from '../../stats/paired-proportions.ts';
import { wilsonInterval } from '../../stats/proportion.ts';

/** Counts who is right about the class of each sample, in the order of the labels. */
export interface LabelCount {
  add(baseline: number, candidate: number): void;
  /** null where no labelled sample was counted. */
  finish(): LabelledQuality | null;
}

export function createLabelCount(labels: ArrayLike<number>): LabelCount {
  const outcomes = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  let sample = 0;
  return {
    add(baseline, candidate) {
      const label = labels[sample++];
      if (label === undefined) return;
      if (baseline === label) outcomes[candidate === label ? 'both' : 'onlyFirst']++;
      else outcomes[candidate === label ? 'onlySecond' : 'neither']++;
    },
    finish() {
      const { both, onlyFirst: onlyBaseline, onlySecond: onlyCandidate, neither } = outcomes;
      const samples = both + onlyBaseline + onlyCandidate + neither;
      if (samples === 0) return null;
      const accuracy = (correct: number): Reading => ({
        value: correct / samples,
        unit: 'ratio',
        kind: 'measured',
        interval: wilsonInterval(correct, samples),
        n: samples,
      });
      const difference = pairedDifference({ both, onlyFirst: onlyCandidate, onlySecond: onlyBaseline, neither });
      return {
        samples,
        baseline: accuracy(both + onlyBaseline),
        candidate: accuracy(both + onlyCandidate),
        difference: { ...difference, unit: 'ratio', kind: 'measured', n: samples },
        onlyBaselineRight: onlyBaseline,
        onlyCandidateRight: onlyCandidate,
        mcNemarPValue: mcNemarExact(onlyBaseline, onlyCandidate),
      };
    },
  };
}
