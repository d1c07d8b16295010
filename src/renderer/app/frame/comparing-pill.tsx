import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { shortName } from '../../components/describe-config.ts';
import { useFormat } from '../../components/use-format.ts';
import { cancelComparison, useComparisonSession } from '../../transport/comparison-session.ts';
import { isComparing, type ComparisonSession } from '../../transport/comparison-state.ts';
import classes from './frame.module.css';

/** The comparison that runs, on every screen; opens its own and can cancel. */
export function ComparingPill() {
  const format = useFormat();
  const session = useComparisonSession((state) => state.session);
  if (!isComparing(session)) return null;
  const leftS = session.progress?.remainingS ?? null;
  return (
    <div aria-live="off" className={classes.pill} role="status">
      <Link to="/measure/compare/running">
        <span aria-hidden="true">◉</span> {describeActivity(session)}
        {leftS !== null && ` · ${format.duration(leftS)} left`}
      </Link>
      <Button onClick={cancelComparison} radius="xl" size="compact-xs" variant="default">
        Cancel
      </Button>
    </div>
  );
}

function describeActivity({ plan, preparing, progress }: ComparisonSession): string {
  if (progress === null) return preparing === null ? 'comparing' : `preparing ${shortName(preparing.model)}`;
  const candidate = plan.candidates[progress.candidate];
  const name = candidate === undefined ? '' : ` ${shortName(candidate.model)}`;
  const count = plan.candidates.length > 1 ? ` · ${progress.candidate + 1}/${plan.candidates.length}` : '';
  return `comparing${name}${count}`;
}
