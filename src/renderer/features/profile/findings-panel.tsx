import type { Finding } from '../../../shared/domain/measurement.ts';
import classes from './profile.module.css';

const severityWords: Readonly<Record<Finding['severity'], { shape: string; word: string }>> = {
  invalid: { shape: '□', word: 'INVALID' },
  remark: { shape: '△', word: 'Remark' },
};

/** Diagnoses, the gravest first, each with what to do about it. */
export function FindingsPanel({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) {
    return (
      <p className={classes.verdict}>
        <strong>Nothing stands against this profile:</strong> the work ran where the label says, and no rate is above
        what the machine can do.
      </p>
    );
  }
  const sorted = findings.toSorted((one, other) => rank(one) - rank(other));
  return (
    <ul aria-label="Diagnoses" className={classes.findings}>
      {sorted.map(({ code, severity, reason, remedy }) => (
        <li data-severity={severity} key={`${code} ${reason}`}>
          <span className={classes.severity}>
            <span aria-hidden="true">{severityWords[severity].shape}</span> {severityWords[severity].word}
            <code className={classes.code}>{code}</code>
          </span>
          <span>
            {reason} <span className={classes.muted}>{remedy}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function rank({ severity }: Finding): number {
  return severity === 'invalid' ? 0 : 1;
}
