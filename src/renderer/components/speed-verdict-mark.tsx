import type { SpeedVerdict } from '../../shared/domain/comparison.ts';
import classes from './speed-verdict-mark.module.css';

/** Shapes that every font has, and that differ without colour. */
const shapes: Readonly<Record<SpeedVerdict, string>> = { FASTER: '▲', SLOWER: '▼', SAME: '=', AMBIGUOUS: '?' };

const tones: Readonly<Record<SpeedVerdict, string | undefined>> = {
  FASTER: classes.faster,
  SLOWER: classes.slower,
  SAME: classes.same,
  AMBIGUOUS: classes.ambiguous,
};

interface SpeedVerdictMarkProps {
  /** null: nothing was measured. */
  verdict: SpeedVerdict | null;
  /** False: something takes the verdict its meaning, which is drawn hollow as every invalid result. */
  holds?: boolean;
}

/** Which of two is faster: word and shape, colour third. */
export function SpeedVerdictMark({ verdict, holds = true }: SpeedVerdictMarkProps) {
  if (verdict === null) return <Mark shape="✕" tone={classes.slower} word="NOT MEASURED" />;
  if (!holds) return <Mark shape="□" tone={classes.slower} word="NO VERDICT" />;
  return <Mark shape={shapes[verdict]} tone={tones[verdict]} word={verdict} />;
}

function Mark({ shape, word, tone }: { shape: string; word: string; tone: string | undefined }) {
  return (
    <span className={`${classes.mark ?? ''} ${tone ?? ''}`}>
      <span aria-hidden="true" className={classes.shape}>
        {shape}
      </span>
      {word}
    </span>
  );
}
