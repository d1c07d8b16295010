import { useQuery } from '@tanstack/react-query';
import { latencyDistribution } from '../../../shared/charts/latency-distribution.ts';
import { latencyHistogram } from '../../../shared/charts/latency-histogram.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { api } from '../../transport/connection.ts';
import { toMarkedPercentiles } from './marked-percentiles.ts';
import { NoSamples } from './no-samples.tsx';
import { PercentileTable } from './percentile-table.tsx';
import { ProcessSwitch, shownProcess, type ShownProcess } from './process-switch.tsx';
import { ProcessTable } from './process-table.tsx';
import classes from './results.module.css';

/** How latencies are distributed, and what each percentile is worth. */
export function DistributionTab({ cell, ...shown }: ShownProcess & { cell: CellRecord }) {
  const { measurement } = shown;
  const process = shownProcess(shown);
  return (
    <>
      {shown.series.length === 0 ? (
        <NoSamples />
      ) : (
        <>
          <ProcessSwitch {...shown} process={process} />
          <DistributionCharts cell={cell} measurement={measurement} process={process} />
        </>
      )}
      <PercentileTable summary={measurement.summary} />
      {measurement.processes.length > 1 && <ProcessTable processes={measurement.processes} />}
    </>
  );
}

interface DistributionChartsProps extends Pick<ShownProcess, 'measurement' | 'process'> {
  cell: CellRecord;
}

function DistributionCharts({ cell, measurement, process }: DistributionChartsProps) {
  const { data, error, refetch } = useQuery(api.results.chart.queryOptions({ input: { cellId: cell.id, process } }));
  if (error !== null) return <FailureNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Reading the samples." />;
  const fileName = `${cell.id}-process-${process + 1}`;
  const drawn = { ...data, percentiles: toMarkedPercentiles(measurement.processes[process]) };
  return (
    <div className={classes.charts}>
      <ChartFigure
        draw={(style) => latencyDistribution(drawn, style)}
        fileName={`${fileName}-distribution`}
        heightPx={320}
      />
      <ChartFigure draw={(style) => latencyHistogram(drawn, style)} fileName={`${fileName}-histogram`} heightPx={320} />
    </div>
  );
}
