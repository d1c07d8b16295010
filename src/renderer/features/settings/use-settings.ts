import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SettingsChanges } from '../../../shared/domain/settings.ts';
import { api } from '../../transport/connection.ts';
import { toShownFailure } from '../../transport/failure.ts';

export function useSettings() {
  return useQuery(api.settings.get.queryOptions());
}

/** How saving one setting goes, to be shown beside it. */
export interface Saving {
  /** `onSuccess` is called when it is saved and the screens know. */
  save: (changes: SettingsChanges, options?: { onSuccess?: () => void }) => void;
  /** One sentence what happened and one what to do; null: nothing went wrong. */
  failure: string | null;
  isSaved: boolean;
}

/** Saves one setting at once; all screens follow it. */
export function useSaving(): Saving {
  const queryClient = useQueryClient();
  const update = useMutation(
    api.settings.update.mutationOptions({
      onSuccess: (answer) => queryClient.setQueryData(api.settings.get.queryKey(), answer),
    }),
  );
  const failure = update.isError ? toShownFailure(update.error) : null;
  return {
    save: update.mutate,
    failure: failure === null ? null : [failure.message, failure.remedy].filter((part) => part !== null).join(' '),
    isSaved: update.isSuccess,
  };
}
