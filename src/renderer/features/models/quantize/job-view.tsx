import { Button, Progress } from '@mantine/core';
import type { ReactNode } from 'react';
import { FailureNote } from '../../../components/states.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { cancelJob, type Job } from './jobs.ts';
import classes from './quantize.module.css';
import { describeStage } from './stages.ts';

/** What is being made and how far that is; `start` begins it, or begins it again. */
export function JobView({ job, start }: { job: Job | null; start: ReactNode }) {
  if (job === null || job.state.phase === 'done') return <>{start}</>;
  const { request, state } = job;
  if (state.phase === 'running') return <Running name={request.name} saveAs={request.saveAs} state={state} />;
  return (
    <>
      {state.phase === 'failed' ? (
        <FailureNote error={state.error} />
      ) : (
        <p className={classes.ended} role="status">
          {request.saveAs} was cancelled; nothing of it was kept.
        </p>
      )}
      {start}
    </>
  );
}

interface RunningProps {
  name: string;
  saveAs: string;
  state: Extract<Job['state'], { phase: 'running' }>;
}

function Running({ name, saveAs, state }: RunningProps) {
  const format = useFormat();
  const { stage, share, leftS } = state;
  return (
    <div className={classes.running}>
      <p role="status">{describeStage(stage, name)}</p>
      <div className={classes.progress}>
        <Progress aria-label={`Share of ${saveAs} that is made`} flex={1} value={100 * share} />
        <span data-number>{format.quantity(Math.floor(100 * share), 'percent')}</span>
      </div>
      <p className={classes.muted}>
        {leftS === null
          ? 'This goes on when you leave the screen.'
          : `About ${format.duration(leftS)} left. This goes on when you leave the screen.`}
      </p>
      <Button onClick={() => cancelJob(name)} variant="default">
        Cancel
      </Button>
    </div>
  );
}
