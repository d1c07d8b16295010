import type { ReactNode } from 'react';
import type { Observed } from '../../shared/domain/provenance.ts';
import { Sentence } from './sentence.tsx';
import classes from './facts.module.css';

export interface Fact {
  name: string;
  value: ReactNode;
}

/** Names and values below one another. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(({ name, value }) => (
        <div className={classes.fact} key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Something looked for on a machine: its value, or why it is not known and what would make it visible. */
export function ObservedValue<T>({ observed, children }: { observed: Observed<T>; children: (value: T) => ReactNode }) {
  if (observed.status === 'present') return <>{children(observed.value)}</>;
  return (
    <span className={classes.absent}>
      not available: {observed.reason}
      {observed.remedy !== null && (
        <>
          . <Sentence text={observed.remedy} />
        </>
      )}
    </span>
  );
}
