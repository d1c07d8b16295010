import type { SpeedVerdict } from '../../../../shared/domain/comparison.ts';
import type { Finding } from '../../../../shared/domain/measurement.ts';
import { Panel } from '../../../components/page.tsx';
import classes from './result.module.css';

const titles: Readonly<Record<SpeedVerdict, string>> = {
  FASTER: 'What limits this',
  SLOWER: 'Why it is not faster',
  SAME: 'Why it is not faster',
  AMBIGUOUS: 'What was found',
};

interface FindingsPanelProps {
  findings: readonly Finding[];
  /** null: there is none that holds. */
  verdict: SpeedVerdict | null;
}

/** Causes, risks and traps, each with what to do about it. */
export function FindingsPanel({ findings, verdict }: FindingsPanelProps) {
  const isSlow = verdict === 'SLOWER' || verdict === 'SAME';
  if (findings.length === 0 && !isSlow) return null;
  return (
    <Panel title={verdict === null ? 'What was found' : titles[verdict]}>
      {findings.length === 0 ? (
        <p className={classes.muted}>
          None of the known causes applies. The kernels below show where the time goes on either side.
        </p>
      ) : (
        <ul className={classes.findings}>
          {findings.map(({ code, reason, remedy }) => (
            <li key={`${code} ${reason}`}>
              <code className={classes.code}>{code}</code>
              <span>
                {reason} <span className={classes.muted}>{remedy}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
