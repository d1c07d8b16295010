import { Button, Group, Popover, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ComparisonRecord } from '../../../../shared/domain/comparison.ts';
import { api } from '../../../transport/connection.ts';
import { toShownFailure } from '../../../transport/failure.ts';

/** Deletes a comparison for good, after asking once. */
export function DeleteComparison({ record }: { record: ComparisonRecord }) {
  const [asking, setAsking] = useState(false);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation(
    api.comparisons.delete.mutationOptions({
      onSuccess: async () => {
        setAsking(false);
        await navigate({ to: '/measure/compare' });
        queryClient.removeQueries({ queryKey: api.comparisons.get.key({ input: { comparisonId: record.id } }) });
        await queryClient.invalidateQueries({ queryKey: api.comparisons.list.key() });
      },
    }),
  );
  const failure = remove.isError ? toShownFailure(remove.error) : null;
  return (
    <Popover onChange={setAsking} opened={asking} position="bottom-end" returnFocus trapFocus withinPortal>
      <Popover.Target>
        <Button onClick={() => setAsking(!asking)} variant="default">
          Delete
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Delete the comparison" maw={340}>
        <Text size="sm">
          The comparison goes with all its pairs.
          {record.plan.candidates.length > 1 && ' Those of the other candidates stay.'}
        </Text>
        {failure !== null && (
          <Text c="var(--bad)" mt={8} role="alert" size="sm">
            {failure.message} {failure.remedy}
          </Text>
        )}
        <Group gap={8} mt={12}>
          <Button
            disabled={remove.isPending}
            onClick={() => remove.mutate({ comparisonId: record.id })}
            size="compact-sm"
          >
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
