import type { ReactNode } from 'react';
import type { Observed } from '../../../shared/domain/provenance.ts';
import { ObservedValue, type Fact } from '../../components/facts.tsx';

/** A fact of the report. */
export interface ReportFact extends Fact {
  /** Why it is not known; null: it is. */
  absence: string | null;
}

/** What the report says of one thing, or why it is not known. */
export function observedFact<T>(name: string, observed: Observed<T>, show: (value: T) => ReactNode): ReportFact {
  const absence = observed.status === 'present' ? null : `${observed.reason} ${observed.remedy ?? ''}`;
  return { name, absence, value: <ObservedValue observed={observed}>{show}</ObservedValue> };
}

export function knownFact(name: string, value: ReactNode): ReportFact {
  return { name, value, absence: null };
}

/** Puts things that are missing for one reason together, so that the reason is read once. */
export function joinAbsent(facts: readonly ReportFact[]): Fact[] {
  const joined = new Map<string, ReportFact>();
  for (const fact of facts) {
    const key = fact.absence ?? `known ${fact.name}`;
    const earlier = joined.get(key);
    joined.set(key, earlier === undefined ? fact : { ...earlier, name: `${earlier.name}, ${lowerFirst(fact.name)}` });
  }
  return [...joined.values()];
}

/** Abbreviations keep their capitals. */
function lowerFirst(name: string): string {
  return /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

export function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
