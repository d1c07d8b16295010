import { batchCurve } from '../../../shared/charts/batch-curve.ts';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { KindMark } from '../../components/kind-mark.tsx';
import { useFormat } from '../../components/use-format.ts';
import { toBatchLines } from './batch-lines.ts';
import { formatMoment } from './format-moment.ts';
import { shortRunId, type ListedCell } from './listed-cell.ts';
import classes from './results.module.css';

/** What a larger batch gains and costs, for results of one model. */
export function BatchPanel({ cells, model }: { cells: readonly ListedCell[]; model: string }) {
  const { locale } = useFormat();
  const nameRun = ({ runId, startedAt }: ListedCell): string =>
    startedAt === null ? shortRunId(runId) : formatMoment(startedAt, locale);
  const lines = toBatchLines(cells, nameRun);
  return (
    <div className={classes.chart}>
      <ChartFigure draw={(style) => batchCurve(lines, style)} fileName={`${model}-batches`} heightPx={440} />
      <p className={classes.remark}>
        <KindMark kind="measured" />. Bands are 95 % intervals; invalid results are drawn hollow.
      </p>
    </div>
  );
}
