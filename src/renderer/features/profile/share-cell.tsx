import { useFormat } from '../../components/use-format.ts';
import classes from './profile.module.css';

/** A share of the time with a bar before it, as wide as the share is beside the largest; the number says the same. */
export function ShareCell({ share, largest }: { share: number; largest: number }) {
  const format = useFormat();
  const width = largest === 0 ? 0 : (100 * share) / largest;
  return (
    <td className={classes.barCell}>
      {share > 0 && (
        <span aria-hidden="true" className={classes.track}>
          <span className={classes.bar} style={{ width: `${width.toFixed(2)}%` }} />
        </span>
      )}
      {format.parts(share, 'ratio', share === 0 ? null : shareStep).text}
    </td>
  );
}

/** Shares are shown to a tenth of a percent. */
const shareStep = 0.01;
