import type { ReactNode } from 'react';
import type { Reading } from '../../shared/domain/provenance.ts';
import { KindMark } from './kind-mark.tsx';
import classes from './reading.module.css';
import { useFormat } from './use-format.ts';

interface ReadingViewProps {
  /** What was read, in sentence case, e.g. "p99 latency". */
  label: string;
  reading: Reading;
  /** When it was measured; ISO 8601. */
  at?: string | null;
  /** One step to the evidence, e.g. a link to the samples. */
  evidence?: ReactNode;
  /** Of an invalid result, which is drawn hollow everywhere. */
  hollow?: boolean;
}

/** The atom of every screen: a value, its uncertainty beside it, and how it came to be. */
export function ReadingView({ label, reading, at = null, evidence, hollow = false }: ReadingViewProps) {
  const format = useFormat();
  const { whole, fraction, unit, interval } = format.reading(reading);
  return (
    <div className={classes.reading} data-hollow={hollow || undefined}>
      <div className={classes.label}>{label}</div>
      <div className={classes.numbers}>
        <span className={classes.value}>
          {whole}
          {fraction} <span className={classes.unit}>{unit}</span>
        </span>
        {interval !== null && (
          <span className={classes.interval} title={describeInterval(reading)}>
            {interval}
          </span>
        )}
      </div>
      <div className={classes.evidence}>
        <KindMark kind={reading.kind} />
        {reading.n !== null && <span>n {format.count(reading.n)}</span>}
        {at !== null && <span>{format.day(at)}</span>}
        {evidence}
      </div>
    </div>
  );
}

interface MissingReadingProps {
  label: string;
  word?: string;
  reason: string;
  remedy?: string | null;
}

/** Where a number would stand: the word, the reason, and what would make it appear. */
export function MissingReading({ label, word = 'not available', reason, remedy }: MissingReadingProps) {
  return (
    <div className={classes.reading}>
      <div className={classes.label}>{label}</div>
      <div className={classes.missing}>{word}</div>
      <div className={classes.reason}>
        {reason}
        {remedy != null && ` ${remedy}`}
      </div>
    </div>
  );
}

/** Several readings side by side, as many as fit. */
export function Readings({ children }: { children: ReactNode }) {
  return <div className={classes.readings}>{children}</div>;
}

function describeInterval({ interval }: Reading): string | undefined {
  return interval === null ? undefined : `${Math.round(100 * interval.level)} % interval: ${interval.method}`;
}
