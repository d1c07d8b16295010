import { Button } from '@mantine/core';
import { Panel } from '../../components/page.tsx';
import { FailureNote } from '../../components/states.tsx';
import { toShownFailure } from '../../transport/failure.ts';
import { isMeasuring, useRunSession } from '../../transport/run-session.ts';
import { MethodReport } from './method-report.tsx';
import classes from './machines.module.css';
import { runMethodCheck, stopMethodCheck, useMethodCheck, type MethodState } from './use-method-check.ts';

/** Measures a service whose time is known, the way models are measured, and holds the result against what must come out. */
export function MethodPanel() {
  const state = useMethodCheck();
  const measuring = useRunSession(({ session }) => isMeasuring(session));
  const isRunning = state.phase === 'running';
  return (
    <div id="method">
      <Panel
        actions={
          isRunning ? (
            <Button onClick={stopMethodCheck} size="compact-sm" variant="default">
              Stop
            </Button>
          ) : (
            <Button disabled={measuring} onClick={() => void runMethodCheck()} size="compact-sm" variant="default">
              {state.phase === 'idle' ? 'Check the method' : 'Check again'}
            </Button>
          )
        }
        title="Method"
      >
        {measuring && !isRunning && (
          <p className={classes.muted}>
            The check needs a quiet machine; it is possible when the measurement has ended.
          </p>
        )}
        <Outcome measuring={measuring} state={state} />
      </Panel>
    </div>
  );
}

function Outcome({ state, measuring }: { state: MethodState; measuring: boolean }) {
  switch (state.phase) {
    case 'idle':
      if (measuring) return null;
      return (
        <p className={classes.muted}>
          Whether load is generated and timed as the method says: a service of known time is measured instead of a
          model. Takes two minutes, in which nothing else is measured.
        </p>
      );
    case 'running':
      return (
        <p aria-live="polite" role="status">
          {state.what === null ? 'Starting.' : `Checking ${state.what}`}
          {state.share > 0 && `, ${Math.floor(100 * state.share)} %`}
        </p>
      );
    case 'stopped':
      return <p className={classes.muted}>The check was stopped; it says nothing.</p>;
    case 'failed':
      // The sentence above says it already, and calmly.
      if (measuring && toShownFailure(state.error).code === 'MACHINE_BUSY') return null;
      return <FailureNote error={state.error} />;
    case 'done':
      return <MethodReport at={state.at} check={state.check} />;
  }
}
