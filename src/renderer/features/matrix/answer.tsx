import { Link } from '@tanstack/react-router';
import type { ServiceLevel } from '../../../shared/domain/plan.ts';
import type { MatrixDimension } from '../../../shared/matrix/points.ts';
import type { SweetSpot } from '../../../shared/matrix/sweet-spot.ts';
import { ReadingView } from '../../components/reading-view.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './matrix.module.css';
import { namePoint } from './name-point.ts';

interface AnswerProps {
  sweetSpot: SweetSpot | null;
  level: ServiceLevel | null;
  percentile: number;
  varying: readonly MatrixDimension[];
}

/** The configuration to choose, and why. */
export function Answer({ sweetSpot, level, percentile, varying }: AnswerProps) {
  const format = useFormat();
  const limit = level === null ? '' : `p${level.percentile} within ${format.quantity(level.latencyMs * 1e6, 'ns')}`;
  if (sweetSpot === null) {
    return (
      <section aria-label="Answer" className={classes.answer}>
        <p className={classes.sentence}>
          {level === null ? 'Nothing valid was measured yet.' : `No configuration was shown to keep ${limit}.`}
        </p>
        {level !== null && (
          <p className={classes.muted}>
            A longer limit, another percentile or a measurement at a higher grade, which tells more, would change that.
          </p>
        )}
      </section>
    );
  }
  const { point, basis, tied } = sweetSpot;
  const why = {
    level: `has the most throughput of what keeps ${limit}`,
    knee: 'is where more throughput begins to cost more latency than before',
    throughput: 'has the most throughput',
  }[basis];
  const evidence = (
    <Link params={{ cellId: point.id }} to="/measure/results/$cellId">
      samples
    </Link>
  );
  return (
    <section aria-label="Answer" className={classes.answer}>
      <p className={classes.sentence}>
        <span aria-hidden="true">◎ </span>
        <strong>{namePoint(point, varying)}</strong> {why}.
      </p>
      {tied.length > 0 && (
        <p className={classes.muted}>
          Not told from it by the intervals:{' '}
          {tied
            .slice(0, 3)
            .map((one) => namePoint(one, varying))
            .join('; ')}
          {tied.length > 3 && ` and ${tied.length - 3} more`}.
        </p>
      )}
      <div className={classes.readings}>
        {point.throughput !== null && <ReadingView evidence={evidence} label="Throughput" reading={point.throughput} />}
        {point.latency !== null && (
          <ReadingView evidence={evidence} label={`p${percentile} latency of a query`} reading={point.latency} />
        )}
      </div>
    </section>
  );
}
