import { useQuery } from '@tanstack/react-query';
import { latencyOverTime, type MarkedSpan } from '../../../shared/charts/latency-over-time.ts';
import type { CellId } from '../../../shared/domain/ids.ts';
import type { SeriesSummary } from '../../../shared/domain/measurement.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { Facts, type Fact } from '../../components/facts.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { toMarkedPercentiles } from './marked-percentiles.ts';
import { NoSamples } from './no-samples.tsx';
import { ProcessSwitch, shownProcess, type ShownProcess } from './process-switch.tsx';
import { Quantity, QuantityOf } from './quantity.tsx';

/** Whether latency stayed level, and where it did not. */
export function TimeTab({ cell, ...shown }: ShownProcess & { cell: CellRecord }) {
  if (shown.series.length === 0) return <NoSamples />;
  const process = shownProcess(shown);
  const summary = shown.measurement.processes[process];
  return (
    <>
      <ProcessSwitch {...shown} process={process} />
      <LatencyTrace cellId={cell.id} process={process} summary={summary} />
      {summary !== undefined && <LevelFacts summary={summary} />}
    </>
  );
}

interface LatencyTraceProps {
  cellId: CellId;
  process: number;
  /** What was computed of the samples; nothing for those of a measurement that was cut short. */
  summary?: SeriesSummary | undefined;
}

/** Latency against time of one engine process. */
export function LatencyTrace({ cellId, process, summary }: LatencyTraceProps) {
  const { data, error, refetch } = useQuery(api.results.chart.queryOptions({ input: { cellId, process } }));
  if (error !== null) return <FailureNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Reading the samples." />;
  const drawn = {
    ...data,
    percentiles: toMarkedPercentiles(summary),
    spans: toSpans(summary, data.overTime.fromNs),
  };
  return (
    <ChartFigure
      draw={(style) => latencyOverTime(drawn, style)}
      fileName={`${cellId}-process-${process + 1}-over-time`}
      heightPx={380}
    />
  );
}

/** What came after a change of level, or else the last third of a drift. `fromNs` are slices of equal count. */
function toSpans(summary: SeriesSummary | undefined, fromNs: readonly number[]): MarkedSpan[] {
  const endNs = fromNs.at(-1) ?? 0;
  if (summary?.changePoint != null) {
    return [{ fromNs: summary.changePoint.atNs, toNs: endNs, label: 'after the change of level' }];
  }
  if (summary?.drift?.flagged === true) {
    const thirdNs = fromNs[Math.floor((2 * fromNs.length) / 3)] ?? 0;
    return [{ fromNs: thirdNs, toNs: endNs, label: `last third, ${describeDrift(summary.drift.thirdsRatio)}` }];
  }
  return [];
}

function describeDrift(thirdsRatio: number): string {
  return `${(Math.abs(thirdsRatio) * 100).toPrecision(2)} % ${thirdsRatio > 0 ? 'slower' : 'faster'}`;
}

function LevelFacts({ summary }: { summary: SeriesSummary }) {
  const format = useFormat();
  const { drift, changePoint, autocorrelationLag1, effectiveSampleSize, kept } = summary;
  const facts: Fact[] = [
    {
      name: 'Drift',
      value:
        drift === null ? (
          'not computed: too few queries'
        ) : (
          <>
            {drift.flagged ? 'found' : 'none found'}: <Quantity unit="ratio" value={drift.thirdsRatio} /> from the first
            third to the last, slope per second <QuantityOf reading={drift.slopePerS} />
          </>
        ),
    },
    {
      name: 'Change of level',
      value:
        changePoint === null ? (
          'none found'
        ) : (
          <>
            at query {format.count(changePoint.atQuery)}, from <Quantity unit="ns" value={changePoint.medianBeforeNs} />{' '}
            to <Quantity unit="ns" value={changePoint.medianAfterNs} />
            {changePoint.trimmedMedian !== null && (
              <>
                ; median of what came after <QuantityOf reading={changePoint.trimmedMedian} />
              </>
            )}
          </>
        ),
    },
  ];
  if (effectiveSampleSize !== null && autocorrelationLag1 !== null) {
    facts.push({
      name: 'Independence',
      value: (
        <>
          {format.count(kept)} samples are worth {format.count(effectiveSampleSize)} independent ones (lag-1
          autocorrelation{' '}
          {new Intl.NumberFormat(format.locale, { maximumFractionDigits: 3 }).format(autocorrelationLag1)})
        </>
      ),
    });
  }
  return <Facts facts={facts} />;
}
