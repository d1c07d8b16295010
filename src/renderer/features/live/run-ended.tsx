import { useState } from 'react';
import { ButtonLink } from '../../components/button-link.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { FailureNote } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import type { RunSession } from '../../../shared/domain/run-session.ts';
import { Configurations } from './configurations.tsx';
import { describeEnd } from './describe-end.ts';
import { StartAgain } from './start-again.tsx';
import { StartedWith } from './started-with.tsx';
import { UnsavedResults } from './unsaved-results.tsx';
import classes from './live.module.css';

/** How the last measurement ended, what there is of it, and what can be done next. */
export function RunEnded({ session }: { session: RunSession }) {
  const format = useFormat();
  const [isSaved, setIsSaved] = useState(false);
  const { runId, cells, unsaved, end } = session;
  const failure = end?.failure ?? null;
  const { heading, kept } = describeEnd(session, format);
  const isResumable = runId !== null && end?.state !== 'completed';
  return (
    <Page
      actions={
        runId !== null && (
          <ButtonLink search={{ run: runId }} to="/measure/results" variant={isResumable ? 'default' : 'filled'}>
            Results of this run
          </ButtonLink>
        )
      }
      lead={<StartedWith session={session} />}
      title="Live"
    >
      {unsaved.length > 0 && <UnsavedResults isSaved={isSaved} onSaved={() => setIsSaved(true)} session={session} />}
      <Panel>
        <div className={classes.now}>
          <h2 className={classes.what}>{heading}</h2>
          {kept !== null && <p className={classes.stageWords}>{kept}</p>}
          {failure !== null && failure.code !== 'CANCELLED' && <FailureNote error={failure} />}
          {end?.defect != null && (
            <FailureNote error={new Error(`Inferometer failed in a way that nobody foresaw: ${end.defect}`)} />
          )}
          <StartAgain
            blockedBy={
              unsaved.length > 0 && !isSaved ? 'Save the results above first: starting again drops them.' : null
            }
            plan={session.plan}
            resumable={isResumable ? runId : null}
          />
        </div>
      </Panel>
      <Panel title="Configurations">
        <Configurations cells={cells} hasEnded runId={runId} unsaved={unsaved} />
      </Panel>
    </Page>
  );
}
