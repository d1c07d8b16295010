import type { Reading } from '../domain/provenance.ts';

/** A number with its 95 % interval; a bound is null where there is none. */
export interface Estimate {
  value: number;
  low: number | null;
  high: number | null;
}

/** A reading as charts draw it. */
export function toEstimate(reading: Reading | null): Estimate | null {
  if (reading === null) return null;
  const { value, interval } = reading;
  return { value, low: interval?.low ?? null, high: interval?.high ?? null };
}

/** A value and its bounds as cells of a table, in another unit. */
export function toCells(estimate: Estimate | null, factor: number): (number | null)[] {
  if (estimate === null) return [null, null, null];
  return [estimate.value, estimate.low, estimate.high].map((one) => (one === null ? null : one / factor));
}

/** The columns of `toCells`. */
export function toColumns(label: string, unit: string): { label: string; unit: string }[] {
  return [label, `${label} from`, `${label} to`].map((one) => ({ label: one, unit }));
}
