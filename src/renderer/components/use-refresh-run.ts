import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { RunSession } from '../../shared/domain/run-session.ts';
import { api } from '../transport/connection.ts';
import { useRunSession } from '../transport/run-session.ts';

/** Reads runs again when a configuration begins or ends; nothing is asked while it is being measured. */
export function useRefreshRun(): void {
  const queryClient = useQueryClient();
  useEffect(
    () =>
      useRunSession.subscribe(({ session }, { session: before }) => {
        if (session === null || before === null || statesOf(session) === statesOf(before)) return;
        void queryClient.invalidateQueries({ queryKey: api.runs.get.key() });
        void queryClient.invalidateQueries({ queryKey: api.runs.list.key() });
      }),
    [queryClient],
  );
}

function statesOf({ runId, cells }: RunSession): string {
  return `${runId ?? ''} ${cells.map(({ state }) => state).join(' ')}`;
}
