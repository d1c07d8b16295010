import type { DatasetPart } from './dataset.ts';

/** Of four neighbouring samples one is kept for evaluation. */
const partSize = 4;

/** Samples that one part of a data set has. */
export function partLength(samples: number, part: DatasetPart): number {
  const evaluation = Math.floor(samples / partSize);
  return part === 'all' ? samples : part === 'evaluation' ? evaluation : samples - evaluation;
}

/** Position in the data set of the nth of `count` samples, evenly spaced over a part. */
export function samplePosition(nth: number, count: number, samples: number, part: DatasetPart): number {
  const index = Math.floor((nth * partLength(samples, part)) / count);
  if (part === 'all') return index;
  if (part === 'evaluation') return partSize * index + partSize - 1;
  return Math.floor(index / (partSize - 1)) * partSize + (index % (partSize - 1));
}
