import type { Finding, Validity } from '../../../shared/domain/measurement.ts';
import { VerdictMark } from '../../components/verdict-mark.tsx';
import classes from './results.module.css';

/** Whether the numbers below may be relied on, what was found, and what to do about it. */
export function VerdictPanel({ validity: { verdict, findings } }: { validity: Validity }) {
  const ordered = [...findings].sort((one, other) => rank(one) - rank(other));
  return (
    <section aria-label="Verdict" className={classes.verdict}>
      <p className={classes.sentence}>
        <VerdictMark verdict={verdict} /> <span>{describeVerdict(verdict, findings)}</span>
      </p>
      {ordered.length > 0 && (
        <ul className={classes.findings}>
          {ordered.map(({ code, severity, reason, remedy }) => (
            <li data-severity={severity} key={code}>
              <code className={classes.code}>{code}</code>
              <span>
                {reason} <span className={classes.muted}>{remedy}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The verdict as a sentence. */
function describeVerdict(verdict: Validity['verdict'], findings: readonly Finding[]): string {
  const count = (severity: Finding['severity']): number => findings.filter((one) => one.severity === severity).length;
  const remarks = count('remark');
  switch (verdict) {
    case 'VALID':
      return 'Every condition of the method is met.';
    case 'VALID WITH REMARKS':
      return `Every condition of the method is met; ${remarks === 1 ? 'one remark limits' : `${remarks} remarks limit`} what the numbers say.`;
    case 'INVALID': {
      const unmet = count('invalid');
      return `${unmet === 1 ? 'A condition' : `${unmet} conditions`} of the method ${unmet === 1 ? 'is' : 'are'} not met: these numbers are no result.`;
    }
  }
}

function rank({ severity }: Finding): number {
  return severity === 'invalid' ? 0 : 1;
}
