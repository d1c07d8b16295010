import type { Percentile, SeriesSummary } from '../../../shared/domain/measurement.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { missingNumber } from '../../components/missing-number.ts';
import { useFormat } from '../../components/use-format.ts';
import classes from './results.module.css';

/** Every percentile that was asked for: its interval, or how many queries it would take. */
export function PercentileTable({ summary }: { summary: SeriesSummary }) {
  const format = useFormat();
  const { latencyMeanNs: mean, latencyMinNs: least, latencyMaxNs: most } = summary;
  return (
    <table className={classes.table}>
      <caption>Latency over all processes</caption>
      <thead>
        <tr>
          <th scope="col">Statistic</th>
          <th className={classes.number} scope="col">
            Value
          </th>
          <th className={classes.number} scope="col">
            95 % interval
          </th>
          <th className={classes.number} scope="col" title="Upper bound at 99 % confidence, by MLPerf's early stopping">
            At most, 99 % confidence
          </th>
          <th className={classes.number} scope="col">
            Queries
          </th>
          <th scope="col">Kind</th>
        </tr>
      </thead>
      <tbody>
        {summary.percentiles.map((one) => (
          <PercentileRow key={one.percentile} percentile={one} />
        ))}
        {mean !== null && (
          <tr>
            <th scope="row">mean</th>
            <td className={classes.number}>{format.reading(mean).text}</td>
            <td className={classes.number}>{format.reading(mean).interval ?? 'none'}</td>
            <td />
            <td className={classes.number}>{mean.n === null ? '' : format.count(mean.n)}</td>
            <td>
              <KindMark kind={mean.kind} />
            </td>
          </tr>
        )}
        {least !== null && most !== null && (
          <tr>
            <th scope="row">range</th>
            <td className={classes.number}>
              {format.quantity(least, 'ns')} – {format.quantity(most, 'ns')}
            </td>
            <td />
            <td />
            <td className={classes.number}>{format.count(summary.kept)}</td>
            <td>
              <KindMark kind="measured" />
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function PercentileRow({ percentile: one }: { percentile: Percentile }) {
  const format = useFormat();
  if (one.status === 'unearned') {
    return (
      <tr>
        <th scope="row">p{one.percentile}</th>
        <td className={classes.unearned} colSpan={3}>
          {missingNumber.unearned}: it takes {format.count(one.neededN)} queries
        </td>
        <td className={classes.number}>{format.count(one.n)}</td>
        <td />
      </tr>
    );
  }
  const { text, interval } = format.reading(one.reading);
  return (
    <tr>
      <th scope="row">p{one.percentile}</th>
      <td className={classes.number}>{text}</td>
      <td className={classes.number} title={one.reading.interval?.method}>
        {interval ?? 'none'}
      </td>
      <td className={classes.number}>
        {one.earlyStoppingNs === null ? 'too few queries' : format.quantity(one.earlyStoppingNs, 'ns')}
      </td>
      <td className={classes.number}>{one.reading.n === null ? '' : format.count(one.reading.n)}</td>
      <td>
        <KindMark kind={one.reading.kind} />
      </td>
    </tr>
  );
}
