import { useQuery } from '@tanstack/react-query';
import { formatDuration } from '../../../shared/units.ts';
import { ButtonLink } from '../../components/button-link.tsx';
import { KindMark } from '../../components/kind-mark.tsx';
import { machinePlan } from '../../components/machine-plan.ts';
import { api } from '../../transport/connection.ts';
import classes from './overview.module.css';

/** The primary action, with the time it takes. */
export function MeasureMachine() {
  return (
    <>
      <MachinePlanTime />
      <ButtonLink search={{ preset: 'machine' }} to="/measure/new">
        Measure this machine
      </ButtonLink>
    </>
  );
}

/** Derived from what was measured here before, or from the size of the models. */
function MachinePlanTime() {
  const { data } = useQuery(api.plans.estimate.queryOptions({ input: machinePlan }));
  if (data === undefined) return null;
  return (
    <span className={classes.estimate}>
      {data.lowerBound ? 'at least' : 'about'} {formatDuration(data.seconds)} <KindMark kind="computed" />
    </span>
  );
}
