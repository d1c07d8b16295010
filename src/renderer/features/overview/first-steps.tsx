import { Link } from '@tanstack/react-router';
import { shortName } from '../../components/describe-config.ts';
import { machinePlan } from '../../components/machine-plan.ts';
import { Panel } from '../../components/page.tsx';
import classes from './overview.module.css';

/** In place of verdicts while there are none. */
export function FirstSteps() {
  return (
    <Panel title="Nothing was measured here yet">
      <ol className={classes.steps}>
        <li>
          <Link search={{ preset: 'machine' }} to="/measure/new">
            Measure this machine
          </Link>{' '}
          with {machinePlan.models.map(shortName).join(', ')}: a first picture of what it can do, with no file needed.
        </li>
        <li>
          <Link search={{ import: true }} to="/measure/models">
            Import a model
          </Link>{' '}
          of your own, an .onnx file that stays where it is, and measure that.
        </li>
        <li>
          <Link hash="doctor" to="/machines">
            Check this machine
          </Link>{' '}
          before numbers have to be relied on: what would disturb a measurement, and what to do about it.
        </li>
      </ol>
    </Panel>
  );
}
