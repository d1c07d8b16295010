import { countBins, type Histogram } from '../../../shared/calibration/histogram.ts';
import { rangeOf, unionOf, type ValueRange } from '../../../shared/calibration/value-range.ts';

/** A histogram that grows with each batch, and the range of all values seen. */
export interface GrowingHistogram {
  histogram: Histogram;
  observed: ValueRange;
}

/**
 * Adds a batch to a histogram around zero. The first batch sets the width of a bin; a later one that reaches further
 * adds whole bins on either side, so that no count has to be divided. null while no number was seen.
 * Source: ONNX Runtime 1.30, calibrate.py (HistogramCollector).
 */
export function addToHistogram(
  before: GrowingHistogram | null,
  values: Float32Array,
  bins: number,
): GrowingHistogram | null {
  const range = rangeOf(values);
  const observed = unionOf(before?.observed ?? null, range);
  if (range === null || observed === null) return before;
  const reach = Math.max(Math.abs(range.low), Math.abs(range.high));
  if (before === null) return { histogram: countBins(values, bins, -reach, reach), observed };
  const { histogram } = before;
  const added = reach <= histogram.to ? 0 : binsBeyond(histogram, reach);
  const width = widthOf(histogram);
  const to = histogram.to + added * width;
  const counts = new Float64Array(histogram.counts.length + 2 * added);
  counts.set(histogram.counts, added);
  const counted = countBins(values, counts.length, -to, to);
  counted.counts.forEach((count, index) => (counts[index]! += count));
  return { histogram: { counts, from: -to, to }, observed };
}

function widthOf({ counts, from, to }: Histogram): number {
  return (to - from) / counts.length;
}

function binsBeyond(histogram: Histogram, reach: number): number {
  return Math.floor((reach - histogram.to) / widthOf(histogram)) + 1;
}
