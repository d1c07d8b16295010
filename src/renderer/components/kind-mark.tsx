import type { Kind } from '../../shared/domain/provenance.ts';
import { kindShapes } from '../../shared/units.ts';
import classes from './marks.module.css';

/** How a number came to be, as shape and word. In a dense table the word is left to the reader of the screen. */
export function KindMark({ kind, compact = false }: { kind: Kind; compact?: boolean }) {
  return (
    <span className={classes.kind} title={compact ? kind : undefined}>
      <span aria-hidden="true" className={classes.shape}>
        {kindShapes[kind]}
      </span>
      <span className={compact ? classes.hidden : undefined}>{kind}</span>
    </span>
  );
}
