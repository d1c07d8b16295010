import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ButtonLink } from '../../../components/button-link.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { Empty } from '../../../components/states.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { cancelComparison, useComparisonSession } from '../../../transport/comparison-session.ts';
import { isComparing, type ComparisonSession } from '../../../transport/comparison-state.ts';
import { describeSide } from '../name-sides.ts';
import { CandidateList } from './candidate-list.tsx';
import { Comparing } from './comparing.tsx';
import { ComparisonEnded } from './comparison-ended.tsx';

/** What is compared now, how far it has come, and how it ended. */
export function ComparingScreen() {
  const session = useComparisonSession((state) => state.session);
  if (session === null) {
    return (
      <Page title="Compare">
        <Empty action={<ButtonLink to="/measure/compare/new">New comparison</ButtonLink>}>
          Nothing is being compared from this page. What was decided before is in the list of comparisons.
        </Empty>
      </Page>
    );
  }
  return isComparing(session) ? <Running session={session} /> : <Ended session={session} />;
}

function Running({ session }: { session: ComparisonSession }) {
  const format = useFormat();
  const { plan, startedAt } = session;
  const [asking, setAsking] = useState(false);
  return (
    <Page
      actions={
        asking ? (
          <>
            <span>What is decided already is kept.</span>
            <Button onClick={cancelComparison}>Cancel the comparison</Button>
            <Button onClick={() => setAsking(false)} variant="default">
              Go on
            </Button>
          </>
        ) : (
          <Button onClick={() => setAsking(true)} variant="default">
            Cancel
          </Button>
        )
      }
      lead={`Against ${describeSide(plan.baseline)} · batch ${format.count(plan.batch)} · begun ${format.time(startedAt)}`}
      title="Comparing"
    >
      <Comparing session={session} />
      {plan.candidates.length > 1 && (
        <Panel title="Candidates">
          <CandidateList session={session} />
        </Panel>
      )}
    </Page>
  );
}

/** One that ended as planned gives way to its result; any other says what became of it. */
function Ended({ session }: { session: ComparisonSession }) {
  const navigate = useNavigate();
  const [first] = session.compared;
  const isComplete = session.end?.reason === 'completed' && first !== undefined;
  useEffect(() => {
    if (!isComplete) return;
    void navigate({ to: '/measure/compare/$comparisonId', params: { comparisonId: first.id }, replace: true });
  }, [isComplete, first, navigate]);
  return <ComparisonEnded session={session} />;
}
