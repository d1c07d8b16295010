import type { InferContractRouterInputs } from '@orpc/contract';
import { create } from 'zustand';
import type { contract } from '../../../shared/contract/index.ts';
import type { ProfileMessage, ProfileRecord } from '../../../shared/domain/profile.ts';
import { queryClient } from '../../app/query-client.ts';
import { api, client } from '../../transport/connection.ts';
import { holdPage } from '../../transport/hold-page.ts';

export type ProfileRequest = InferContractRouterInputs<typeof contract>['profiles']['start'];

export type ProfilingState =
  | { phase: 'idle' }
  /** `message` null: nothing was heard yet. */
  | { phase: 'running'; what: string; message: Exclude<ProfileMessage, { type: 'profiled' }> | null }
  | { phase: 'failed'; what: string; error: unknown }
  | { phase: 'cancelled'; what: string };

/** The profile in the making; it goes on while other screens are open, and ends with the page. */
export const useProfiling = create<ProfilingState>(() => ({ phase: 'idle' }));

let cancel: AbortController | null = null;

/** Begins a profile, one at a time; resolves with it when it is stored, with null when it was cancelled or failed. */
export async function startProfile(request: ProfileRequest, what: string): Promise<ProfileRecord | null> {
  if (cancel !== null) return null;
  const own = new AbortController();
  cancel = own;
  const setState = (state: ProfilingState): void => useProfiling.setState(state, true);
  setState({ phase: 'running', what, message: null });
  const letGo = holdPage();
  try {
    for await (const message of await client.profiles.start(request, { signal: own.signal })) {
      if (message.type === 'profiled') {
        setState({ phase: 'idle' });
        void queryClient.invalidateQueries({ queryKey: api.profiles.key() });
        return message.record;
      }
      setState({ phase: 'running', what, message });
    }
    throw new Error('The host ended before the profile was stored.');
  } catch (error) {
    setState(own.signal.aborted ? { phase: 'cancelled', what } : { phase: 'failed', what, error });
    return null;
  } finally {
    letGo();
    cancel = null;
  }
}

export function cancelProfile(): void {
  cancel?.abort();
}
