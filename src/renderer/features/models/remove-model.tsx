import { Button, Group, Popover, Text, UnstyledButton } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FailureNote } from '../../components/states.tsx';
import { api } from '../../transport/connection.ts';
import classes from './models.module.css';

interface RemoveModelProps {
  name: string;
  /** The file is a copy that the application made. */
  copied: boolean;
  /** The file was made here and exists nowhere else. */
  isVariant: boolean;
  onRemoved?: () => void;
}

/** Takes a model off the list, after asking once; what was measured with it stays. */
export function RemoveModel({ name, copied, isVariant, onRemoved }: RemoveModelProps) {
  const [asking, setAsking] = useState(false);
  const queryClient = useQueryClient();
  const remove = useMutation(
    api.models.remove.mutationOptions({
      onSuccess: () => {
        setAsking(false);
        void queryClient.invalidateQueries({ queryKey: api.models.list.key() });
        onRemoved?.();
      },
    }),
  );
  return (
    <Popover onChange={setAsking} opened={asking} position="bottom-end" trapFocus withinPortal>
      <Popover.Target>
        <UnstyledButton className={classes.action ?? ''} onClick={() => setAsking(!asking)}>
          Remove<span className={classes.hidden}> {name}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={`Remove ${name}`} maw={320}>
        <Text size="sm">
          {copied
            ? isVariant
              ? `${name} leaves the list, and its file, which was made here, is deleted unless an unfinished run or another model needs it. All results stay.`
              : `${name} leaves the list, and the copy of its file is deleted unless an unfinished run or another model needs it. All results stay.`
            : `${name} leaves the list. Its file and all results stay.`}
        </Text>
        {remove.isError && <FailureNote error={remove.error} />}
        <Group gap={8} mt={12}>
          <Button loading={remove.isPending} onClick={() => remove.mutate({ name })} size="compact-sm">
            Remove the model
          </Button>
          <Button onClick={() => setAsking(false)} size="compact-sm" variant="default">
            Keep it
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
