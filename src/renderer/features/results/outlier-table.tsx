import type { SeriesSummary } from '../../../shared/domain/measurement.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './results.module.css';

/** Samples beyond Tukey's fences, by class. They are counted and never removed. */
export function OutlierTable({ summary: { outliers, kept } }: { summary: SeriesSummary }) {
  const format = useFormat();
  const rows = [
    { name: 'low, severe', fence: 'more than 3 interquartile ranges below the first quartile', n: outliers.lowSevere },
    { name: 'low, mild', fence: '1.5 to 3 below', n: outliers.lowMild },
    { name: 'high, mild', fence: '1.5 to 3 above the third quartile', n: outliers.highMild },
    { name: 'high, severe', fence: 'more than 3 above', n: outliers.highSevere },
  ];
  return (
    <table className={classes.table}>
      <caption>Outliers, counted and not removed</caption>
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col">Fence</th>
          <th className={classes.number} scope="col">
            Samples <KindMark compact kind="measured" />
          </th>
          <th className={classes.number} scope="col">
            Share
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, fence, n }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{fence}</td>
            <td className={classes.number}>{format.count(n)}</td>
            <td className={classes.number}>{kept === 0 ? 'none kept' : format.quantity(n / kept, 'ratio')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
