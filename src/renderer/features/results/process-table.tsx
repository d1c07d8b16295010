import type { SeriesSummary } from '../../../shared/domain/measurement.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { missingNumber } from '../../components/missing-number.ts';
import { ReadingCell } from '../../components/reading-cell.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './results.module.css';

/** The engine processes beside one another: what one session alone would have shown. */
export function ProcessTable({ processes }: { processes: readonly SeriesSummary[] }) {
  const format = useFormat();
  return (
    <table className={classes.table}>
      <caption>Process by process</caption>
      <thead>
        <tr>
          <th scope="col">Process</th>
          <th className={classes.number} scope="col">
            p50 latency <KindMark compact kind="measured" />
          </th>
          <th className={classes.number} scope="col">
            Throughput <KindMark compact kind="measured" />
          </th>
          <th className={classes.number} scope="col">
            Queries
          </th>
        </tr>
      </thead>
      <tbody>
        {processes.map(({ percentiles, throughput, queries }, index) => {
          const median = percentiles.find(({ percentile }) => percentile === 50);
          const reading = median?.status === 'earned' ? median.reading : null;
          return (
            // Processes are known by their place only.
            // eslint-disable-next-line @eslint-react/no-array-index-key
            <tr key={index}>
              <th scope="row">{index + 1}</th>
              {[reading, throughput].map((one, column) => (
                <td className={classes.number} key={column === 0 ? 'median' : 'throughput'}>
                  <ReadingCell
                    high={one?.interval?.high ?? null}
                    low={one?.interval?.low ?? null}
                    missing={missingNumber.unearned}
                    unit={column === 0 ? 'ns' : 'samples/s'}
                    value={one?.value ?? null}
                  />
                </td>
              ))}
              <td className={classes.number}>{format.count(queries)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
