import { Button, Popover } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ProfileId } from '../../../shared/domain/ids.ts';
import { FailureNote } from '../../components/states.tsx';
import { api } from '../../transport/connection.ts';
import classes from './profile.module.css';

/** Deletes a profile, after asking. */
export function DeleteProfile({ profileId }: { profileId: ProfileId }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const remove = useMutation(
    api.profiles.delete.mutationOptions({
      onSuccess: async () => {
        await navigate({ to: '/measure/profile' });
        void queryClient.invalidateQueries({ queryKey: api.profiles.list.key() });
      },
    }),
  );
  return (
    <Popover onChange={setIsOpen} opened={isOpen} position="bottom-end" trapFocus width={300}>
      <Popover.Target>
        <Button onClick={() => setIsOpen(!isOpen)} variant="default">
          Delete
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Delete this profile">
        <p>Delete this profile? It cannot be brought back; profiling again takes some seconds.</p>
        <div className={classes.ask}>
          <Button loading={remove.isPending} onClick={() => remove.mutate({ profileId })} size="compact-sm">
            Delete
          </Button>
          <Button onClick={() => setIsOpen(false)} size="compact-sm" variant="default">
            Keep
          </Button>
        </div>
        {remove.isError && <FailureNote error={remove.error} />}
      </Popover.Dropdown>
    </Popover>
  );
}
