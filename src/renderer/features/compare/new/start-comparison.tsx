import { Button } from '@mantine/core';
import { toCompareCommand } from '../../../../shared/comparison.ts';
import type { ComparisonPlan } from '../../../../shared/domain/comparison.ts';
import { ButtonLink } from '../../../components/button-link.tsx';
import { KindMark } from '../../../components/kind-mark.tsx';
import { TypedCommand } from '../../../components/typed-command.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { useComparisonSession } from '../../../transport/comparison-session.ts';
import { isComparing } from '../../../transport/comparison-state.ts';
import { nameSides } from '../name-sides.ts';
import { useStartComparison } from '../use-start-comparison.ts';
import type { DraftProblems } from './draft.ts';
import classes from './new.module.css';
import type { SideChecks } from './use-side-checks.ts';

interface StartComparisonProps {
  plan: ComparisonPlan | null;
  problems: DraftProblems;
  checks: SideChecks;
}

/** How long it takes at most, what stands in its way, and the button that begins it. */
export function StartComparison({ plan, problems, checks }: StartComparisonProps) {
  const { start, isBusy } = useStartComparison();
  const comparing = useComparisonSession(({ session }) => isComparing(session));
  const obstacle = findObstacle(plan, problems, checks);
  return (
    <section aria-label="Start" className={classes.start}>
      {plan !== null && <Estimate plan={plan} />}
      {plan !== null && <Question plan={plan} />}
      {obstacle !== null && <p role="status">{obstacle}</p>}
      {isBusy && (
        <p role="status">
          {comparing ? 'A comparison is running.' : 'A measurement is running on this machine.'} Both would spoil each
          other, so this one begins after it.
        </p>
      )}
      <Button
        disabled={plan === null || obstacle !== null || isBusy}
        onClick={() => {
          if (plan !== null) start(plan);
        }}
      >
        Compare
      </Button>
      {isBusy && (
        <ButtonLink to={comparing ? '/measure/compare/running' : '/measure/live'} variant="default">
          Show what runs
        </ButtonLink>
      )}
      {plan !== null && (
        <div className={classes.command}>
          <h2>The same from a terminal</h2>
          <TypedCommand command={toCompareCommand(plan)} label="Command that compares the same" />
        </div>
      )}
    </section>
  );
}

function Estimate({ plan }: { plan: ComparisonPlan }) {
  const format = useFormat();
  const count = plan.candidates.length;
  return (
    <div>
      <p className={classes.estimate}>at most {format.duration(plan.maxDurationS * count)}</p>
      <p className={classes.muted}>
        <KindMark kind="computed" /> · {count === 1 ? 'one candidate' : `${format.count(count)} candidates`}, measured
        part
      </p>
      <p className={classes.muted}>
        It ends as soon as the verdict is settled, often after seconds. Loading, warming up, quality and kernels come on
        top.
      </p>
    </div>
  );
}

/** Reads the question back, so that sides are not exchanged by mistake. */
function Question({ plan }: { plan: ComparisonPlan }) {
  return (
    <ul className={classes.questions}>
      {plan.candidates.map((candidate, index) => {
        const names = nameSides(plan.baseline, candidate);
        const isSame = JSON.stringify(candidate) === JSON.stringify(plan.baseline);
        return (
          // Candidates may be equal, and have no identity but their place here.
          // eslint-disable-next-line @eslint-react/no-array-index-key
          <li key={index}>
            {isSame
              ? `${names.baseline} against itself: how well does this machine repeat itself?`
              : `Is ${names.candidate} faster than ${names.baseline}?`}
          </li>
        );
      })}
    </ul>
  );
}

function findObstacle(plan: ComparisonPlan | null, problems: DraftProblems, checks: SideChecks): string | null {
  if (plan === null) {
    return Object.keys(problems.models).length > 0 ? 'Choose a model for each side.' : 'A field is not right yet.';
  }
  const missing = [...checks.needed.keys()].filter((name) => !(name in plan.dims));
  if (missing.length > 0) return `Give a size for ${missing.map((name) => `"${name}"`).join(', ')}.`;
  if (checks.isSettled && checks.problems.size > 0) return 'One side cannot be measured here as asked.';
  return null;
}
