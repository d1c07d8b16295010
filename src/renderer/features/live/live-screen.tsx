import { ButtonLink } from '../../components/button-link.tsx';
import { CancelRun } from '../../components/cancel-run.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { Loading } from '../../components/states.tsx';
import { useRunSession } from '../../transport/run-session.ts';
import { BeforeMeasuring } from './before-measuring.tsx';
import { Configurations } from './configurations.tsx';
import { LastMeasured } from './last-measured.tsx';
import { Measuring } from './measuring.tsx';
import { PauseRun } from './pause-run.tsx';
import { RunEnded } from './run-ended.tsx';
import { StartedWith } from './started-with.tsx';

/** What is measured now, how far it has come, and how it ended. */
export function LiveScreen() {
  const session = useRunSession((state) => state.session);
  const known = useRunSession((state) => state.known);
  if (!known) {
    return (
      <Page title="Live">
        <Loading what="Asking the host what it measures." />
      </Page>
    );
  }
  if (session === null) {
    return (
      <Page actions={<ButtonLink to="/measure/new">New run</ButtonLink>} lead="Nothing is being measured." title="Live">
        <LastMeasured />
      </Page>
    );
  }
  // State of its parts, such as what was saved, belongs to one measurement.
  if (session.phase === 'ended') return <RunEnded key={session.startedAt} session={session} />;
  return (
    <Page
      actions={
        <>
          {session.phase === 'measuring' && <PauseRun session={session} />}
          <CancelRun session={session} />
        </>
      }
      lead={<StartedWith session={session} />}
      title="Live"
    >
      {session.phase === 'measuring' ? <Measuring session={session} /> : <BeforeMeasuring session={session} />}
      <Panel title="Configurations">
        <Configurations cells={session.cells} hasEnded={false} runId={session.runId} unsaved={session.unsaved} />
      </Panel>
    </Page>
  );
}
