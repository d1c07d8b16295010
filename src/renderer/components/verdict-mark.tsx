import type { Validity } from '../../shared/domain/measurement.ts';
import type { CellState } from '../../shared/domain/run.ts';
import { verdictShapes } from '../../shared/units.ts';
import classes from './marks.module.css';

const tones: Readonly<Record<Validity['verdict'], string | undefined>> = {
  VALID: classes.good,
  'VALID WITH REMARKS': classes.unsure,
  INVALID: classes.bad,
};

/** Whether a result may be relied on: word and shape, colour third. */
export function VerdictMark({ verdict }: { verdict: Validity['verdict'] }) {
  return (
    <span className={`${classes.mark ?? ''} ${tones[verdict] ?? ''}`}>
      <span aria-hidden="true" className={classes.shape}>
        {verdictShapes[verdict]}
      </span>
      {verdict}
    </span>
  );
}

/** How a configuration ended that has no verdict, or where it stands. */
const stateWords: Readonly<Record<Exclude<CellState, 'completed'>, { shape: string; word: string; tone?: string }>> = {
  pending: { shape: '·', word: 'waiting' },
  running: { shape: '▸', word: 'measuring', tone: classes.accent ?? '' },
  failed: { shape: '✕', word: 'not measured', tone: classes.bad ?? '' },
  crashed: { shape: '✕', word: 'engine crashed', tone: classes.bad ?? '' },
  'timed-out': { shape: '✕', word: 'timed out', tone: classes.bad ?? '' },
  cancelled: { shape: '–', word: 'cancelled' },
  skipped: { shape: '–', word: 'left out' },
};

/** The verdict of a configuration, or its state where it has none. */
export function StateMark({ state, verdict }: { state: CellState; verdict: Validity['verdict'] | null }) {
  if (verdict !== null) return <VerdictMark verdict={verdict} />;
  const { shape, word, tone } = state === 'completed' ? { shape: '✓', word: 'measured', tone: '' } : stateWords[state];
  return (
    <span className={`${classes.mark ?? ''} ${tone ?? ''}`}>
      <span aria-hidden="true" className={classes.shape}>
        {shape}
      </span>
      {word}
    </span>
  );
}
