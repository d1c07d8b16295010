import { Button, Table } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { RunId } from '../../../shared/domain/ids.ts';
import { shortName } from '../../components/describe-config.ts';
import { PlainTable } from '../../components/plain-table.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { toShownFailure } from '../../transport/failure.ts';
import { isMeasuring, useRunSession } from '../../transport/run-session.ts';
import classes from './machines.module.css';

/** Newest runs that are offered; older ones are in Results. */
const mostRuns = 5;

/** Runs that ended before they were finished, to go on with. */
export function ResumableRuns({ runIds }: { runIds: readonly RunId[] }) {
  return (
    <div>
      <h3 className={classes.subtitle}>Interrupted runs</h3>
      <PlainTable label="Interrupted runs" leastWidthPx={640}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Begun</Table.Th>
            <Table.Th scope="col">Models</Table.Th>
            <Table.Th scope="col">Finished</Table.Th>
            <Table.Th data-number scope="col">
              Go on
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runIds.slice(0, mostRuns).map((runId) => (
            <ResumableRun key={runId} runId={runId} />
          ))}
        </Table.Tbody>
      </PlainTable>
      {runIds.length > mostRuns && (
        <p className={classes.muted}>{runIds.length - mostRuns} older ones are in Results.</p>
      )}
    </div>
  );
}

function ResumableRun({ runId }: { runId: RunId }) {
  const format = useFormat();
  const navigate = useNavigate();
  const { data } = useQuery(api.runs.get.queryOptions({ input: { runId } }));
  const measuring = useRunSession(({ session }) => isMeasuring(session));
  const resume = useMutation(api.runs.resume.mutationOptions({ onSuccess: () => navigate({ to: '/measure/live' }) }));
  const isBegun = resume.isPending && measuring;
  useEffect(() => {
    // The answer comes when the models are ready; what happens until then is shown there too.
    if (isBegun) void navigate({ to: '/measure/live' });
  }, [isBegun, navigate]);
  const failure = resume.isError ? toShownFailure(resume.error) : null;
  const finished = data?.cells.filter(({ outcome }) => outcome.state === 'completed').length;
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <Link search={{ run: runId }} to="/measure/results">
          {data === undefined ? runId : format.time(data.run.createdAt)}
        </Link>
      </Table.Th>
      <Table.Td>{data?.run.plan.models.map(shortName).join(', ')}</Table.Td>
      <Table.Td>{data !== undefined && `${finished} of ${data.cells.length} configurations`}</Table.Td>
      <Table.Td data-number>
        <Button loading={resume.isPending} onClick={() => resume.mutate({ runId })} size="compact-sm" variant="default">
          Resume
        </Button>
        {failure !== null && (
          <span className={classes.failure} role="alert">
            {failure.message} {failure.remedy}
          </span>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
