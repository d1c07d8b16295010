import { toEstimate } from '../../../shared/charts/estimate.ts';
import { idleGaps } from '../../../shared/charts/idle-gaps.ts';
import type { IdleGap } from '../../../shared/domain/idle-gap.ts';
import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { Facts } from '../../components/facts.tsx';
import { useFormat } from '../../components/use-format.ts';
import { findEarned } from './find-earned.ts';
import { Count, Quantity } from './quantity.tsx';
import classes from './results.module.css';
import type { MeasuredCell } from './siblings.ts';

interface PausesTabProps {
  cell: MeasuredCell;
  gap: IdleGap;
  /** The same with other pauses, itself included. */
  sweep: readonly MeasuredCell[];
}

/** What pauses cost, and whether they were kept. */
export function PausesTab({ cell, gap, sweep }: PausesTabProps) {
  const format = useFormat();
  const points = sweep.map(({ config, measurement, verdict }) => ({
    pauseMs: config.pauseMs ?? 0,
    p50Ns: toEstimate(findEarned(measurement.summary.percentiles, 50)),
    p90Ns: toEstimate(findEarned(measurement.summary.percentiles, 90)),
    verdict,
  }));
  return (
    <>
      {points.length > 1 && (
        <div className={classes.chart}>
          <ChartFigure draw={(style) => idleGaps(points, style)} fileName={`${cell.id}-pauses`} heightPx={380} />
        </div>
      )}
      <Facts
        facts={[
          { name: 'Pause asked for', value: format.quantity(gap.askedNs, 'ns') },
          {
            name: 'Pause kept',
            value:
              gap.kept === null ? (
                'not known: not every stamp was kept'
              ) : (
                <>
                  median <Quantity unit="ns" value={gap.kept.medianNs} />, from{' '}
                  <Quantity unit="ns" value={gap.kept.shortestNs} /> to{' '}
                  <Quantity unit="ns" value={gap.kept.longestNs} />, <Count of="pauses" value={gap.kept.pauses} />
                </>
              ),
          },
        ]}
      />
    </>
  );
}
