import type { Percentile } from '../../../shared/domain/measurement.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { missingNumber } from '../../components/missing-number.ts';
import { ReadingCell } from '../../components/reading-cell.tsx';
import classes from './results.module.css';

interface TimeTableProps {
  caption: string;
  rows: readonly { name: string; meaning: string; percentiles: readonly Percentile[] }[];
  /** Of an invalid result. */
  hollow: boolean;
}

/** Percentiles of several times beside one another, each with its interval. */
export function TimeTable({ caption, rows, hollow }: TimeTableProps) {
  const shown = [...new Set(rows.flatMap(({ percentiles }) => percentiles.map(({ percentile }) => percentile)))];
  const columns = shown.sort((one, other) => one - other);
  return (
    <table className={classes.table}>
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          {columns.map((percentile) => (
            <th className={classes.number} key={percentile} scope="col">
              p{percentile} <KindMark compact kind="measured" />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, meaning, percentiles }) => (
          <tr key={name}>
            <th scope="row">
              {name} <span className={classes.meaning}>{meaning}</span>
            </th>
            {columns.map((percentile) => {
              const found = percentiles.find((one) => one.percentile === percentile);
              const reading = found?.status === 'earned' ? found.reading : null;
              return (
                <td className={classes.number} key={percentile}>
                  <ReadingCell
                    high={reading?.interval?.high ?? null}
                    hollow={hollow}
                    low={reading?.interval?.low ?? null}
                    missing={found === undefined ? missingNumber.unasked : missingNumber.unearned}
                    unit="ns"
                    value={reading?.value ?? null}
                  />
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
