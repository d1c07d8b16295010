import type { ReactNode } from 'react';
import classes from './model.module.css';

/** A number with a bar of its share before it; the number says the same. */
export function BarCell({ share, children }: { share: number; children: ReactNode }) {
  return (
    <td className={classes.barCell}>
      {share > 0 && (
        <span aria-hidden="true" className={classes.track}>
          <span className={classes.bar} style={{ width: `${(100 * share).toFixed(2)}%` }} />
        </span>
      )}
      {children}
    </td>
  );
}
