import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { blockMeans, moments } from './autocorrelation.ts';
import type { Dependence } from './dependence.ts';

const RESAMPLES = 2000;

/** Fewest blocks from which an interval is given. */
const MIN_BLOCKS = 6;

/** Blocks this many correlation times long keep neighbouring blocks nearly independent. */
const CORRELATION_TIMES_PER_BLOCK = 8;

/** Fewest blocks that are left where blocks grow with correlation, and where the level changes slowly. */
const CORRELATED_BLOCKS = 10;
const SLOW_BLOCKS = 8;

/** Block length: root n, longer where correlation lasts longer or the level changes slowly. */
function blockLength(n: number, dependence: Dependence): number {
  const root = Math.ceil(Math.sqrt(n));
  if (dependence.slow) return Math.max(root, Math.floor(n / SLOW_BLOCKS));
  if (dependence.correlationTime === 1) return root;
  const wanted = Math.ceil(CORRELATION_TIMES_PER_BLOCK * dependence.correlationTime);
  return Math.max(root, Math.min(wanted, Math.floor(n / CORRELATED_BLOCKS)));
}

/**
 * Two-sided interval of the mean by a studentized block bootstrap: blocks are drawn with replacement and every
 * resample is divided by its own standard error, which keeps coverage with few blocks and with skew where plain
 * percentiles of the resampled means fall short. Only block means are resampled, so a million values cost a pass.
 * Sources: Efron and Tibshirani 1993, chapter 12 (bootstrap-t); Lahiri 2003 (blocks). null when the series gives
 * fewer than six blocks or does not vary.
 */
export function meanInterval(
  series: Float64Array,
  dependence: Dependence,
  random: RandomGenerator,
  level: number,
  resamples: number = RESAMPLES,
): { low: number; high: number; blocks: number } | null {
  const n = series.length;
  const blocks = n === 0 ? 0 : Math.floor(n / blockLength(n, dependence));
  if (blocks < MIN_BLOCKS) return null;
  const means = blockMeans(series, blocks);
  const { mean, variance } = moments(means);
  if (!(variance > 0)) return null;
  const standardError = Math.sqrt(variance / (blocks - 1));
  const deviations = means.map((value) => value - mean);
  const statistics = studentizedMeans(deviations, random, resamples);
  const tail = (1 - level) / 2;
  const lowQuantile = statistics[Math.max(0, Math.floor(tail * (resamples + 1)) - 1)]!;
  const highQuantile = statistics[Math.min(resamples - 1, Math.ceil((1 - tail) * (resamples + 1)) - 1)]!;
  return { low: mean - highQuantile * standardError, high: mean - lowQuantile * standardError, blocks };
}

/** Values that one 32-bit draw can take; scaling it is uneven by at most blocks / 2^32, and three times as fast. */
const DRAW_RANGE = 2 ** 32;

/** Ascending t statistics of resampled block deviations. A resample of one repeated block has no standard error. */
function studentizedMeans(deviations: Float64Array, random: RandomGenerator, resamples: number): Float64Array {
  const blocks = deviations.length;
  const statistics = new Float64Array(resamples);
  const scale = blocks / DRAW_RANGE;
  for (let resample = 0; resample < resamples; resample += 1) {
    let sum = 0;
    let squares = 0;
    for (let draw = 0; draw < blocks; draw += 1) {
      const deviation = deviations[Math.floor((random.next() >>> 0) * scale)]!;
      sum += deviation;
      squares += deviation * deviation;
    }
    const mean = sum / blocks;
    const meanVariance = Math.max(0, squares / blocks - mean * mean) / (blocks - 1);
    statistics[resample] = meanVariance > 0 ? mean / Math.sqrt(meanVariance) : Math.sign(mean) * Number.MAX_VALUE;
  }
  return statistics.sort();
}
