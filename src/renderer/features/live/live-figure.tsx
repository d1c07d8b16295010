import type { ReactNode } from 'react';
import { KindMark } from '../../components/kind-mark.tsx';
import { useFormat } from '../../components/use-format.ts';
import type { Kind } from '../../../shared/domain/provenance.ts';
import classes from './live.module.css';

interface LiveFigureProps {
  label: string;
  /** null: not told yet. */
  value: string | null;
  unit?: string;
  kind: Kind;
  evidence: string;
  children?: ReactNode;
}

/** A number that changes while one looks at it. It keeps its place and its height, whatever it says. */
export function LiveFigure({ label, value, unit, kind, evidence, children }: LiveFigureProps) {
  return (
    <div className={classes.figure}>
      <div className={classes.label}>{label}</div>
      <div className={value === null ? classes.absent : classes.value}>
        {value ?? 'not told yet'}
        {value !== null && unit !== undefined && <span className={classes.unit}> {unit}</span>}
      </div>
      <div className={classes.evidence}>
        {value !== null && <KindMark kind={kind} />}
        <span>{evidence}</span>
      </div>
      {children}
    </div>
  );
}

/** The query that passed by last. It is one of many and no result, so it comes without an interval. */
export function Latency({ latencyNs, isCounted }: { latencyNs: number | null; isCounted: boolean }) {
  const format = useFormat();
  const parts = latencyNs === null ? null : format.parts(latencyNs, 'ns');
  return (
    <LiveFigure
      evidence={isCounted ? 'one query' : 'one query of warm-up'}
      kind="measured"
      label="Latest latency"
      value={parts === null ? null : parts.whole + parts.fraction}
      {...(parts === null ? {} : { unit: parts.unit })}
    />
  );
}
