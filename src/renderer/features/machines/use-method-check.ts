import { create } from 'zustand';
import type { MethodCheck } from '../../../shared/domain/method-check.ts';
import { client } from '../../transport/connection.ts';

export type MethodState =
  | { phase: 'idle' }
  /** `what` null: nothing was heard of it yet. */
  | { phase: 'running'; what: string | null; share: number }
  | { phase: 'done'; check: MethodCheck; at: string }
  | { phase: 'stopped' }
  | { phase: 'failed'; error: unknown };

/** The last check of the method, kept while the user visits other screens. */
export const useMethodCheck = create<MethodState>(() => ({ phase: 'idle' }));

let running: AbortController | null = null;

/** Checks how load is generated and timed; does nothing while a check is under way. */
export async function runMethodCheck(): Promise<void> {
  if (running !== null) return;
  const controller = new AbortController();
  running = controller;
  useMethodCheck.setState({ phase: 'running', what: null, share: 0 }, true);
  try {
    for await (const message of await client.doctor.checkMethod({}, { signal: controller.signal })) {
      if (message.type === 'checked') {
        useMethodCheck.setState({ phase: 'done', check: message.check, at: new Date().toISOString() }, true);
      } else {
        useMethodCheck.setState({ phase: 'running', what: message.what, share: message.share }, true);
      }
    }
    if (useMethodCheck.getState().phase === 'running') throw new Error('The check ended without an answer.');
  } catch (error) {
    useMethodCheck.setState(controller.signal.aborted ? { phase: 'stopped' } : { phase: 'failed', error }, true);
  } finally {
    running = null;
  }
}

/** Leaving the stream stops the check on the host. */
export function stopMethodCheck(): void {
  running?.abort();
}
