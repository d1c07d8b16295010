import { useQuery } from '@tanstack/react-query';
import { pairRatios } from '../../../../shared/charts/pair-ratios.ts';
import type { ComparisonRecord, Speed } from '../../../../shared/domain/comparison.ts';
import { ChartFigure } from '../../../components/chart/chart-figure.tsx';
import { Panel } from '../../../components/page.tsx';
import { FailureNote, Loading } from '../../../components/states.tsx';
import { api } from '../../../transport/connection.ts';
import classes from './result.module.css';

const chartPx = 280;

/** Every pair of blocks, so that a drift or a few odd ones are seen. */
export function PairsPanel({ record, speed, holds }: { record: ComparisonRecord; speed: Speed; holds: boolean }) {
  const { data, error, isPending, refetch } = useQuery(
    api.comparisons.pairs.queryOptions({ input: { comparisonId: record.id } }),
  );
  return (
    <Panel>
      {error !== null && <FailureNote error={error} onRetry={() => void refetch()} />}
      {isPending && (
        <div style={{ minHeight: chartPx }}>
          <Loading what="Reading the pairs." />
        </div>
      )}
      {data !== undefined && (
        <ChartFigure
          draw={(style) => pairRatios({ ...data, margin: speed.margin, speedup: speed.speedup, counts: holds }, style)}
          fileName={`${record.id}-pairs`}
          heightPx={chartPx}
        />
      )}
      {speed.pairing === 'processes' && (
        <p className={classes.remark}>
          The two sides ran in turn, each in processes of its own
          {speed.pairingReason === null ? '' : `: ${speed.pairingReason}`}
        </p>
      )}
    </Panel>
  );
}
