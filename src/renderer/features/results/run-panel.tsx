import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { RunRecord } from '../../../shared/domain/run.ts';
import { ButtonLink } from '../../components/button-link.tsx';
import { isMatrix } from '../../components/is-matrix.ts';
import { FailureNote } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { DeleteRun } from './delete-run.tsx';
import { ExportRun, type ExportOutcome } from './export-run.tsx';
import classes from './results.module.css';

/** One run by itself: what it was, and what can be done with all of it. */
export function RunPanel({ runId, linksToResults = false }: { runId: RunId; linksToResults?: boolean }) {
  const navigate = useNavigate();
  const format = useFormat();
  const { data } = useQuery(api.runs.get.queryOptions({ input: { runId } }));
  const [outcome, setOutcome] = useState<ExportOutcome | null>(null);
  const resume = useMutation(
    api.runs.resume.mutationOptions({ onSuccess: () => void navigate({ to: '/measure/live' }) }),
  );
  if (data === undefined) return null;
  const { run, cells } = data;
  const configurations = `${format.count(cells.length)} ${cells.length === 1 ? 'configuration' : 'configurations'}`;
  const canGoOn = run.state !== 'completed' && run.state !== 'running';
  return (
    <section aria-label="The run" className={classes.run}>
      <div className={classes.runHead}>
        <p className={classes.runFacts}>
          Run <code>{runId}</code>
          {[format.time(run.createdAt), describeGrade(run), configurations, run.state].join(' · ')}
        </p>
        <div className={classes.actions}>
          {linksToResults && (
            <ButtonLink search={{ run: runId }} to="/measure/results" variant="default">
              All results of the run
            </ButtonLink>
          )}
          {isMatrix(run.plan) && (
            <ButtonLink search={{ run: runId }} to="/measure/matrix" variant="default">
              As a matrix
            </ButtonLink>
          )}
          {canGoOn && (
            <Button loading={resume.isPending} onClick={() => resume.mutate({ runId })} variant="default">
              Go on measuring
            </Button>
          )}
          <ExportRun onOutcome={setOutcome} runId={runId} />
          <DeleteRun
            configurations={cells.length}
            onDeleted={() => void navigate({ to: '/measure/results', search: {} })}
            runId={runId}
          />
        </div>
      </div>
      {outcome?.kind === 'done' && (
        <p className={classes.outcome} role="status">
          {outcome.text}
        </p>
      )}
      {outcome?.kind === 'failed' && <FailureNote error={outcome.error} />}
      {resume.isError && <FailureNote error={resume.error} />}
    </section>
  );
}

/** E.g. "standard grade" or "quick grade with changed rules". */
function describeGrade({ plan }: RunRecord): string {
  return `${plan.grade} grade${plan.override === undefined ? '' : ' with changed rules'}`;
}
