import { Button, Group, Popover, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { RunSession } from '../../shared/domain/run-session.ts';
import { toShownFailure } from '../transport/failure.ts';
import { api, useConnection } from '../transport/connection.ts';
import { askToCancel, useCancelQuestion } from './cancel-question.ts';

/**
 * Stops the running measurement, after asking once: what is half measured cannot be had back. The compact one, which
 * stands on every screen, is also the one that the command palette opens.
 */
export function CancelRun({ session, compact = false }: { session: RunSession; compact?: boolean }) {
  const titleId = useId();
  const [askingHere, setAskingHere] = useState(false);
  const askingEverywhere = useCancelQuestion(({ asking }) => asking);
  const [asking, setAsking] = compact ? [askingEverywhere, askToCancel] : [askingHere, setAskingHere];
  const isConnected = useConnection(({ phase }) => phase === 'connected');
  const cancel = useMutation(api.runs.cancel.mutationOptions({ onSuccess: () => setAsking(false) }));
  const popover = (
    <Popover onChange={setAsking} opened={asking} position="bottom-end" returnFocus trapFocus withinPortal>
      <Popover.Target>
        <Button
          disabled={!isConnected}
          onClick={() => setAsking(!asking)}
          radius={compact ? 'xl' : 'sm'}
          size={compact ? 'compact-xs' : 'sm'}
          variant="default"
        >
          Cancel
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-labelledby={titleId} maw={320}>
        <Text fw={600} id={titleId} size="sm">
          Cancel the measurement?
        </Text>
        <Text size="sm">{describeKept(session)}</Text>
        {cancel.isError && (
          <Text c="var(--bad)" role="alert" size="sm">
            {toSentences(cancel.error)}
          </Text>
        )}
        <Group gap={8} mt={12}>
          <Button
            disabled={cancel.isPending || !isConnected}
            onClick={() => cancel.mutate({ runId: session.runId })}
            size="compact-sm"
          >
            {cancel.isPending ? 'Cancelling' : 'Cancel the measurement'}
          </Button>
          <Button onClick={() => setAsking(false)} size="compact-sm" variant="default">
            Go on
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
  if (compact || isConnected) return popover;
  return (
    <Group gap={12}>
      <Text size="sm">State from before the connection was lost.</Text>
      {popover}
    </Group>
  );
}

function toSentences(error: unknown): string {
  const { message, remedy } = toShownFailure(error);
  return remedy === null ? message : `${message} ${remedy}`;
}

/** What there will be of the measurement afterwards. */
function describeKept({ phase, runId }: RunSession): string {
  if (phase === 'waiting') return 'It has not begun: nothing is lost.';
  if (runId === null) return 'Nothing was measured yet. Models that are built already are kept.';
  return 'Finished configurations are kept; the one that is being measured is stored as cancelled with the samples so far. The rest can be measured later.';
}
