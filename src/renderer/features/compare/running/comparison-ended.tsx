import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { ButtonLink } from '../../../components/button-link.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { FailureNote } from '../../../components/states.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { dismissComparison } from '../../../transport/comparison-session.ts';
import type { ComparisonSession } from '../../../transport/comparison-state.ts';
import { describeSide } from '../name-sides.ts';
import { changeDraft } from '../new/draft-store.ts';
import { toDraft } from '../new/draft.ts';
import { useStartComparison } from '../use-start-comparison.ts';
import { CandidateList } from './candidate-list.tsx';
import classes from './running.module.css';

const headings = {
  completed: 'Compared',
  cancelled: 'The comparison was cancelled',
  failed: 'The comparison could not go on',
} as const;

/** What became of a comparison that did not end as planned, and what can be done. */
export function ComparisonEnded({ session }: { session: ComparisonSession }) {
  const navigate = useNavigate();
  const format = useFormat();
  const { start, isBusy } = useStartComparison();
  const { plan, end, compared, startedAt } = session;
  const reason = end?.reason ?? 'completed';
  const change = (): void => {
    changeDraft(toDraft(plan));
    dismissComparison();
    void navigate({ to: '/measure/compare/new' });
  };
  return (
    <Page
      actions={
        <>
          <Button disabled={isBusy} onClick={() => start(plan)}>
            Compare again
          </Button>
          <Button onClick={change} variant="default">
            Change it
          </Button>
          <ButtonLink to="/measure/compare" variant="default">
            All comparisons
          </ButtonLink>
        </>
      }
      lead={`Against ${describeSide(plan.baseline)} · begun ${format.time(startedAt)}`}
      title={headings[reason]}
    >
      <Panel>
        {end?.reason === 'failed' && <FailureNote error={end.error} />}
        {reason === 'cancelled' && (
          <p className={classes.words}>
            {compared.length === 0
              ? 'Nothing was decided yet. Pairs that were measured are stored with the comparison, if there were enough.'
              : 'What was decided until then is stored.'}
          </p>
        )}
        <CandidateList session={session} />
      </Panel>
    </Page>
  );
}
