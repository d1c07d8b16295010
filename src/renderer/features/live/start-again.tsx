import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useId } from 'react';
import { ButtonLink } from '../../components/button-link.tsx';
import { FailureNote } from '../../components/states.tsx';
import { api } from '../../transport/connection.ts';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import classes from './live.module.css';

interface StartAgainProps {
  plan: Plan;
  /** A run that has configurations left to measure. */
  resumable: RunId | null;
  /** Why nothing may begin now. */
  blockedBy: string | null;
}

/** The next step after a measurement: the rest of it, the same anew, or another one. */
export function StartAgain({ plan, resumable, blockedBy }: StartAgainProps) {
  const start = useMutation(api.runs.start.mutationOptions());
  const resume = useMutation(api.runs.resume.mutationOptions());
  const reasonId = useId();
  const isStarting = start.isPending || resume.isPending;
  const shared = {
    disabled: isStarting || blockedBy !== null,
    ...(blockedBy === null ? {} : { 'aria-describedby': reasonId }),
  };
  const failure = resume.error ?? start.error;
  return (
    <>
      <div className={classes.buttons}>
        {resumable !== null && (
          <Button {...shared} onClick={() => resume.mutate({ runId: resumable })}>
            Measure the rest
          </Button>
        )}
        <Button {...shared} onClick={() => start.mutate({ plan })} variant="default">
          Measure again
        </Button>
        <ButtonLink to="/measure/new" variant="default">
          New run
        </ButtonLink>
        {isStarting && <span role="status">Starting.</span>}
        {blockedBy !== null && (
          <span className={classes.quiet} id={reasonId}>
            {blockedBy}
          </span>
        )}
      </div>
      {failure !== null && <FailureNote error={failure} />}
    </>
  );
}
