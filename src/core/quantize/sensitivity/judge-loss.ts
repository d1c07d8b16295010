import type { Interval, Reading } from '../../../shared/domain/provenance.ts';
import type { Loss, LossMeasure } from '../../../shared/domain/sensitivity.ts';
import type { ComparedOutputs } from '../../compare/quality/compare-outputs.ts';

/** What can be said of loss: accuracy with labels, agreement where an output has scores, else how far outputs are off. */
export function chooseMeasure({ labelled, outputs }: ComparedOutputs): LossMeasure {
  if (labelled !== null) return 'accuracy';
  return outputs.some(({ top1 }) => top1 !== null) ? 'top-1' : 'error';
}

/** Loss of a variant against the source, in a measure. */
export function judgeLoss(compared: ComparedOutputs, measure: LossMeasure): Loss {
  const error = largestError(compared);
  const { labelled } = compared;
  return {
    loss: lossIn(measure, compared, error),
    error,
    accuracy: labelled === null ? null : { source: labelled.baseline, variant: labelled.candidate },
  };
}

function lossIn(measure: LossMeasure, { labelled, outputs, samples }: ComparedOutputs, error: number | null) {
  if (measure === 'accuracy') return labelled === null ? null : mirror(labelled.difference, 0);
  if (measure === 'top-1') {
    const agreements = outputs.flatMap(({ top1 }) => (top1 === null ? [] : [top1]));
    const [least] = agreements.toSorted((one, other) => one.value - other.value);
    return least === undefined ? null : mirror(least, 1);
  }
  const reading: Reading = { value: error ?? 0, unit: 'ratio', kind: 'measured', interval: null, n: samples };
  return error === null ? null : reading;
}

/** `whole` minus a reading. */
function mirror(reading: Reading, whole: number): Reading {
  const { interval } = reading;
  // No "-0": it would be printed as such.
  return { ...reading, value: whole - reading.value + 0, interval: interval && mirrorInterval(interval, whole) };
}

function mirrorInterval({ low, high, ...rest }: Interval, whole: number): Interval {
  return { ...rest, low: high === null ? null : whole - high + 0, high: low === null ? null : whole - low + 0 };
}

/** Outputs that never vary have no centred error: then any difference is beyond measure, and none is none. */
function largestError({ outputs }: ComparedOutputs): number | null {
  const errors = outputs.map(({ centredRelativeError, maxError }) => centredRelativeError ?? (maxError > 0 ? null : 0));
  return errors.reduce<number | null>(
    (largest, error) => (largest === null || error === null ? null : Math.max(largest, error)),
    0,
  );
}
