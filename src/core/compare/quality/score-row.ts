type Numbers = Float32Array | Float64Array;

/** How the scores of one sample, or of one position of it, agree. */
export interface ScoreRow {
  /** Index of the largest score; the first one where several are equal. */
  baseline: number;
  candidate: number;
  /** Place of the baseline's largest among the scores of the candidate, 0 = largest; equal scores by index. */
  rank: number;
  /** Kullback-Leibler divergence of the candidate's softmax from the baseline's, nat; Infinity where it is one. */
  divergence: number;
}

/** Smallest probability that is told from 0: integer kernels round small ones to 0, and the divergence would be infinite. */
const smallestProbability = 1e-9;
/** Sums of logarithms are rounded to about this. */
const smallestDivergence = 1e-12;

/**
 * Compares `width` scores from `start` on. Rows that are probabilities already (none negative, sum 1) are taken as they
 * are; all others go through softmax.
 */
export function compareScores(baseline: Numbers, candidate: Numbers, start: number, width: number): ScoreRow {
  const expected = indexOfLargest(baseline, start, width);
  const found = indexOfLargest(candidate, start, width);
  const wanted = candidate[start + expected]!;
  let rank = 0;
  for (let index = 0; index < width; index++) {
    const score = candidate[start + index]!;
    // Not `score > wanted` alone: a wanted score that is NaN stands behind all others.
    if (index !== expected && (score > wanted || Number.isNaN(wanted) || (score === wanted && index < expected)))
      rank++;
  }
  const divergence =
    isDistribution(baseline, start, width) && isDistribution(candidate, start, width)
      ? divergenceOfProbabilities(baseline, candidate, start, width)
      : divergenceOfLogits(baseline, candidate, start, width, baseline[start + expected]!, candidate[start + found]!);
  return { baseline: expected, candidate: found, rank, divergence: divergence < smallestDivergence ? 0 : divergence };
}

/** A row without any number has no largest score: -1. */
function indexOfLargest(values: Numbers, start: number, width: number): number {
  let best = -1;
  let largest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < width; index++) {
    const value = values[start + index]!;
    if (value > largest || (best === -1 && !Number.isNaN(value))) {
      largest = value;
      best = index;
    }
  }
  return best;
}

function isDistribution(values: Numbers, start: number, width: number): boolean {
  let sum = 0;
  for (let index = start; index < start + width; index++) {
    const value = values[index]!;
    if (!(value >= 0 && value <= 1.01)) return false;
    sum += value;
  }
  // Quantized probabilities are rounded to steps of 1/256 each, so their sum is off by more than float rounding.
  return Math.abs(sum - 1) < 0.1;
}

function divergenceOfProbabilities(baseline: Numbers, candidate: Numbers, start: number, width: number): number {
  let [sum, total, other] = [0, 0, 0];
  for (let index = start; index < start + width; index++) {
    total += baseline[index]!;
    other += Math.max(candidate[index]!, smallestProbability);
  }
  for (let index = start; index < start + width; index++) {
    const share = baseline[index]! / total;
    if (share > 0) sum += share * Math.log(share / (Math.max(candidate[index]!, smallestProbability) / other));
  }
  return sum;
}

function divergenceOfLogits(
  baseline: Numbers,
  candidate: Numbers,
  start: number,
  width: number,
  baselineLargest: number,
  candidateLargest: number,
): number {
  let [baselineSum, candidateSum, cross] = [0, 0, 0];
  for (let index = start; index < start + width; index++) {
    const expected = baseline[index]!;
    const found = candidate[index]!;
    const weight = Math.exp(expected - baselineLargest);
    baselineSum += weight;
    candidateSum += Math.exp(found - candidateLargest);
    // Masked scores are minus infinity on both sides, and their weight is 0.
    if (weight > 0) cross += weight * (expected - found);
  }
  const normal = candidateLargest + Math.log(candidateSum) - baselineLargest - Math.log(baselineSum);
  return cross / baselineSum + normal;
}
