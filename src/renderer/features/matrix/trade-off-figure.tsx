import { throughputLatency, tradeOffIdAt, type TradeOff } from '../../../shared/charts/throughput-latency.ts';
import type { ServiceLevel } from '../../../shared/domain/plan.ts';
import { toThroughputLatency } from '../../../shared/matrix/pareto.ts';
import type { MatrixDimension, MatrixPoint } from '../../../shared/matrix/points.ts';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import classes from './matrix.module.css';
import { namePoint, shortenVariants } from './name-point.ts';

interface TradeOffFigureProps {
  points: readonly MatrixPoint[];
  varying: readonly MatrixDimension[];
  percentile: number;
  level: ServiceLevel | null;
  runId: string;
  sweetSpotId: string | null;
  pointedId: string | null;
  onPoint: (id: string | null) => void;
  onOpen: (id: string) => void;
}

/** Throughput against latency, with what nothing beats in both. */
export function TradeOffFigure(props: TradeOffFigureProps) {
  const { points, varying, percentile, level, runId, sweetSpotId, pointedId, onPoint, onOpen } = props;
  const ofLine = varying.filter((dimension) => dimension !== 'batch');
  const models = shortenVariants([...new Set(points.map(({ config }) => config.model))]);
  const lines = toThroughputLatency(points).map((series) => ({
    label: series.points[0] === undefined ? '' : namePoint(series.points[0].point, ofLine, models),
    points: series.points.map(({ point, throughput, latency, isOnFront }) => ({
      id: point.id,
      label: namePoint(point, varying),
      throughput,
      latency,
      isValid: point.isValid,
      isOnFront,
    })),
  }));
  const data: TradeOff = { lines, percentile, serviceLevel: level, sweetSpotId, pointedId };
  return (
    <div className={classes.tradeOff}>
      <ChartFigure
        draw={(style) => throughputLatency(data, style)}
        fileName={`${runId}-throughput-latency`}
        heightPx={420}
        isLive
        // Another set of lines is another picture; what is pointed at only changes it.
        key={JSON.stringify(lines.map(({ label, points: own }) => [label, own.length]))}
        onOpen={({ seriesId, index }) => {
          const id = tradeOffIdAt(data, seriesId, index);
          if (id !== null) onOpen(id);
        }}
        onPoint={(mark) => onPoint(mark === null ? null : tradeOffIdAt(data, mark.seriesId, mark.index))}
      />
      <p className={classes.unit}>
        Filled and joined: the Pareto front, which nothing surely beats in both. Faint: behind it. Hollow: invalid.
      </p>
    </div>
  );
}
