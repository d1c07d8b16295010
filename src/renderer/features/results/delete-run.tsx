import { Button, Group, Popover, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RunId } from '../../../shared/domain/ids.ts';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { toShownFailure } from '../../transport/failure.ts';

interface DeleteRunProps {
  runId: RunId;
  /** How many configurations go with it. */
  configurations: number;
  onDeleted: () => void;
}

/** Deletes a run for good, after asking once and saying what goes. */
export function DeleteRun({ runId, configurations, onDeleted }: DeleteRunProps) {
  const [asking, setAsking] = useState(false);
  const format = useFormat();
  const queryClient = useQueryClient();
  const remove = useMutation(
    api.runs.delete.mutationOptions({
      onSuccess: async () => {
        setAsking(false);
        onDeleted();
        await Promise.all([
          queryClient.invalidateQueries({ queryKey: api.results.list.key() }),
          queryClient.invalidateQueries({ queryKey: api.runs.list.key() }),
        ]);
      },
    }),
  );
  const what = configurations === 1 ? 'its one configuration' : `its ${format.count(configurations)} configurations`;
  return (
    <Popover onChange={setAsking} opened={asking} position="bottom-end" returnFocus trapFocus withinPortal>
      <Popover.Target>
        <Button onClick={() => setAsking(true)} variant="default">
          Delete the run
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Delete the run" maw={340}>
        <Text size="sm">The run goes with {what}, all samples included. An export that was made before stays.</Text>
        {remove.isError && <Failure error={remove.error} />}
        <Group gap={8} mt={12}>
          <Button loading={remove.isPending} onClick={() => remove.mutate({ runId })} size="compact-sm">
            Delete for good
          </Button>
          <Button onClick={() => setAsking(false)} size="compact-sm" variant="default">
            Keep
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}

function Failure({ error }: { error: unknown }) {
  const { message, remedy } = toShownFailure(error);
  return (
    <Text c="var(--bad)" mt={8} role="alert" size="sm">
      {message} {remedy}
    </Text>
  );
}
