import type { ComparisonRecord, Speed } from '../../shared/domain/comparison.ts';
import { adjustPValues } from '../../shared/statistics/false-discovery.ts';

/** Share of the differences that are claimed which may be none. */
const falseDiscoveryRate = 0.05;

/**
 * The comparisons of one plan judged together by Benjamini and Hochberg: a difference whose adjusted p value is above
 * 5 % is ambiguous. null where fewer than two have a speed.
 */
export function adjustSpeeds(records: readonly ComparisonRecord[]): ComparisonRecord[] | null {
  const speeds = records.flatMap(({ result: { speed } }) => (speed === null ? [] : [speed]));
  if (speeds.length < 2) return null;
  const pValues = adjustPValues(speeds.map(({ pValue }) => pValue));
  let next = 0;
  return records.map((record) => {
    const { speed } = record.result;
    if (speed === null) return record;
    const adjusted = adjust(speed, pValues[next++]!, speeds.length);
    return { ...record, result: { ...record.result, speed: { ...speed, adjusted } } };
  });
}

function adjust({ verdict }: Speed, pValue: number, comparisons: number): Speed['adjusted'] {
  const claimsDifference = verdict === 'FASTER' || verdict === 'SLOWER';
  return { comparisons, pValue, verdict: claimsDifference && pValue > falseDiscoveryRate ? 'AMBIGUOUS' : verdict };
}
