import type { OutputAgreement } from '../../../shared/domain/comparison.ts';
import type { Interval, Reading } from '../../../shared/domain/provenance.ts';
import { clusteredWilsonInterval, wilsonInterval } from '../../stats/proportion.ts';
import { compareScores } from './score-row.ts';

type Numbers = Float32Array | Float64Array;

export interface AgreementOptions {
  output: string;
  /** Elements of one sample. */
  elements: number;
  /** Scores in one row; null for outputs that are none. */
  classes: number | null;
  /** Told of every row in order: the index of the largest score of either side. */
  onRow?: (baseline: number, candidate: number) => void;
}

/** Sums of one output over all samples; memory is that of one sample, whatever their number. */
export interface AgreementSums {
  /** The next elements of both sides, whole rows; a sample may come in several parts. */
  add(baseline: Numbers, candidate: Numbers): void;
  /** Throws where no sample was complete. */
  finish(): OutputAgreement & {
    /** Elements that are finite on one side only, or infinite with different signs. */
    notFinite: number;
  };
}

/**
 * Compares one output in one pass. The spread of the baseline around its mean is summed around its first sample, which
 * loses no digits where outputs hardly vary and is exactly 0 where they do not (docs/method/quality.md).
 */
export function createAgreement({ output, elements, classes, onRow }: AgreementOptions): AgreementSums {
  const first = new Float64Array(elements);
  const shifted = new Float64Array(elements);
  const cosines = { sum: 0, count: 0 };
  const right = { top1: [] as number[], top5: [] as number[] };
  const divergence = { sum: 0, rows: 0 };
  let [samples, filled, spread, errors, maxError, notFinite] = [0, 0, 0, 0, 0, 0];
  let [product, baselineSquares, candidateSquares, top1, top5] = [0, 0, 0, 0, 0];

  function addElements(baseline: Numbers, candidate: Numbers): void {
    for (let index = 0; index < baseline.length; index++) {
      const expected = baseline[index]!;
      const found = candidate[index]!;
      const difference = found - expected;
      if (!Number.isFinite(difference)) {
        if (!Object.is(expected, found)) notFinite++;
        continue;
      }
      errors += difference * difference;
      if (Math.abs(difference) > maxError) maxError = Math.abs(difference);
      product += expected * found;
      baselineSquares += expected * expected;
      candidateSquares += found * found;
      const at = filled + index;
      if (samples === 0) first[at] = expected;
      const shift = expected - first[at]!;
      shifted[at]! += shift;
      spread += shift * shift;
    }
  }

  function addRows(baseline: Numbers, candidate: Numbers, width: number): void {
    for (let start = 0; start < baseline.length; start += width) {
      const row = compareScores(baseline, candidate, start, width);
      if (row.baseline === row.candidate) top1++;
      if (row.rank < 5) top5++;
      divergence.sum += row.divergence;
      divergence.rows++;
      onRow?.(row.baseline, row.candidate);
    }
  }

  function endSample(): void {
    samples++;
    filled = 0;
    if (baselineSquares > 0 && candidateSquares > 0) {
      cosines.sum += product / Math.sqrt(baselineSquares * candidateSquares);
      cosines.count++;
    }
    right.top1.push(top1);
    right.top5.push(top5);
    [product, baselineSquares, candidateSquares, top1, top5] = [0, 0, 0, 0, 0];
  }

  return {
    add(baseline, candidate) {
      addElements(baseline, candidate);
      if (classes !== null) addRows(baseline, candidate, classes);
      filled += baseline.length;
      if (filled === elements) endSample();
    },
    finish() {
      if (samples === 0) throw new Error(`The output ${output} has no complete sample.`);
      const centred = spread - shifted.reduce((sum, value) => sum + value * value, 0) / samples;
      const relative = centred > 0 && notFinite === 0 ? Math.sqrt(errors / centred) : null;
      const rows = classes === null ? 0 : elements / classes;
      const meanDivergence = divergence.sum / divergence.rows;
      return {
        output,
        samples,
        elements,
        centredRelativeError: relative,
        sqnrDb: relative === null || relative === 0 ? null : -20 * Math.log10(relative),
        maxError,
        top1: classes === null ? null : toReading(right.top1, rows),
        top5: classes === null || classes <= 5 ? null : toReading(right.top5, rows),
        softmaxKl: classes !== null && Number.isFinite(meanDivergence) ? meanDivergence : null,
        cosine: cosines.count > 0 ? cosines.sum / cosines.count : null,
        notFinite,
      };
    },
  };
}

/** Share of rows, with an interval that knows that the rows of one sample hang together. */
function toReading(successes: readonly number[], rowsOfEach: number): Reading {
  const rows = successes.length * rowsOfEach;
  const total = successes.reduce((sum, count) => sum + count, 0);
  const interval: Interval | null =
    rowsOfEach === 1 ? wilsonInterval(total, rows) : clusteredWilsonInterval(successes, rowsOfEach);
  return { value: total / rows, unit: 'ratio', kind: 'measured', interval, n: rows };
}
