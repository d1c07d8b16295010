import { Button } from '@mantine/core';
import { Panel } from '../../components/page.tsx';
import { FailureNote } from '../../components/states.tsx';
import { toShownFailure } from '../../transport/failure.ts';
import { isMeasuring, useRunSession } from '../../transport/run-session.ts';
import { DiagnosisView } from './diagnosis.tsx';
import classes from './machines.module.css';
import { runDoctor, useDoctor, type DoctorState } from './use-doctor.ts';

/** Checks everything that a measurement needs, and shows each step while it takes place. */
export function DoctorPanel() {
  const state = useDoctor();
  const measuring = useRunSession(({ session }) => isMeasuring(session));
  return (
    <div className={classes.doctor} id="doctor">
      <Panel
        actions={
          <Button
            disabled={measuring}
            loading={state.phase === 'running'}
            onClick={() => void runDoctor()}
            size="compact-sm"
            variant={state.phase === 'idle' ? 'filled' : 'default'}
          >
            {state.phase === 'idle' ? 'Check this machine' : 'Check again'}
          </Button>
        }
        title="Doctor"
      >
        {measuring && (
          <p className={classes.muted}>
            The check starts engines, which would disturb the measurement that runs. It is possible again when that has
            ended.
          </p>
        )}
        <Outcome state={state} />
      </Panel>
    </div>
  );
}

function Outcome({ state }: { state: DoctorState }) {
  const measuring = useRunSession(({ session }) => isMeasuring(session));
  switch (state.phase) {
    case 'idle':
      if (measuring) return null;
      return (
        <p className={classes.muted}>
          What would keep a measurement from being possible, or from being good. Takes a few seconds.
        </p>
      );
    case 'running':
      return <Steps steps={state.steps} />;
    case 'failed':
      // The sentence above says it already, and calmly.
      if (measuring && toShownFailure(state.error).code === 'MACHINE_BUSY') return null;
      return <FailureNote error={state.error} />;
    case 'done':
      return <DiagnosisView at={state.at} diagnosis={state.diagnosis} />;
  }
}

function Steps({ steps }: { steps: readonly string[] }) {
  return (
    <ol aria-live="polite" className={classes.steps} role="status">
      {steps.map((step, index) => (
        <li className={index < steps.length - 1 ? classes.muted : undefined} key={step}>
          <span aria-hidden="true" className={classes.stepShape}>
            {index < steps.length - 1 ? '✓' : '▸'}
          </span>
          {step}
          <span className={classes.hidden}>{index < steps.length - 1 ? ': done' : ': under way'}</span>
        </li>
      ))}
    </ol>
  );
}
