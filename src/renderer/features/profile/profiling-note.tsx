import { Button, Progress } from '@mantine/core';
import { FailureNote } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import classes from './profile.module.css';
import { cancelProfile, useProfiling, type ProfilingState } from './use-profiling.ts';

/** How far the profile in the making is, or how it ended where it left none. */
export function ProfilingNote() {
  const state = useProfiling();
  switch (state.phase) {
    case 'idle':
      return null;
    case 'running':
      return <Running state={state} />;
    case 'failed':
      return <FailureNote error={state.error} />;
    case 'cancelled':
      return (
        <p className={classes.muted} role="status">
          The profile of {state.what} was cancelled; nothing of it was kept.
        </p>
      );
  }
}

const stageWords = {
  plain: 'running without the profiler',
  profiled: 'running with the profiler, in a fresh engine',
  counting: 'counting operations',
  peaks: 'looking for the peaks of this machine',
} as const;

function Running({ state: { what, message } }: { state: Extract<ProfilingState, { phase: 'running' }> }) {
  const format = useFormat();
  const share = message?.share ?? 0;
  const stage =
    message === null
      ? 'starting'
      : message.type === 'preparing'
        ? `preparing ${message.model}`
        : stageWords[message.stage];
  return (
    <div className={classes.running}>
      <p role="status">
        Profiling {what}: {stage}.
      </p>
      <div className={classes.progress}>
        <Progress aria-label={`How far the profile of ${what} is`} flex={1} value={100 * share} />
        <span data-number>{format.quantity(Math.floor(100 * share), 'percent')}</span>
        <Button onClick={cancelProfile} size="compact-sm" variant="default">
          Cancel
        </Button>
      </div>
    </div>
  );
}
