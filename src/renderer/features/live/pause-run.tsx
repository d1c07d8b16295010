import { Button, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { RunSession } from '../../../shared/domain/run-session.ts';
import { toShownFailure } from '../../transport/failure.ts';
import { api, useConnection } from '../../transport/connection.ts';

/** Ends the run after the configuration that is measured now, so that nothing is lost and the machine is free. */
export function PauseRun({ session: { runId, pausing, cells } }: { session: RunSession }) {
  const isConnected = useConnection(({ phase }) => phase === 'connected');
  const pause = useMutation(api.runs.pause.mutationOptions());
  const resume = useMutation(api.runs.resume.mutationOptions());
  const hasMore = cells.some(({ state }) => state === 'pending');
  if (runId === null || (pausing !== true && !hasMore)) return null;
  const { error } = pausing === true ? resume : pause;
  return (
    <>
      {error !== null && (
        <Text c="var(--bad)" role="alert" size="sm">
          {toShownFailure(error).message}
        </Text>
      )}
      {pausing === true && (
        <Text role="status" size="sm">
          Pauses after this configuration.
        </Text>
      )}
      <Button
        disabled={!isConnected || pause.isPending || resume.isPending}
        onClick={() => (pausing === true ? resume.mutate({ runId }) : pause.mutate({ runId }))}
        variant="default"
      >
        {pausing === true ? 'Do not pause' : 'Pause'}
      </Button>
    </>
  );
}
