import type { Kind } from '../../../../shared/domain/provenance.ts';
import { KindMark } from '../../../components/kind-mark.tsx';
import classes from './running.module.css';

interface FigureProps {
  label: string;
  /** null: not told yet. */
  value: string | null;
  unit?: string;
  kind: Kind;
  evidence: string;
}

/** A number that changes while one looks at it. It keeps its place and its height, whatever it says. */
export function Figure({ label, value, unit, kind, evidence }: FigureProps) {
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
    </div>
  );
}
