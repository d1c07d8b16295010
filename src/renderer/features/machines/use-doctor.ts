import type { InferContractRouterOutputs } from '@orpc/contract';
import { create } from 'zustand';
import type { contract } from '../../../shared/contract/index.ts';
import { client } from '../../transport/connection.ts';

type Message =
  InferContractRouterOutputs<typeof contract>['doctor']['diagnose'] extends AsyncIterator<infer Item, unknown>
    ? Item
    : never;
export type Diagnosis = Extract<Message, { type: 'diagnosis' }>['diagnosis'];

export type DoctorState =
  | { phase: 'idle' }
  /** What is done, and last what is being done. */
  | { phase: 'running'; steps: string[] }
  | { phase: 'done'; diagnosis: Diagnosis; at: string }
  | { phase: 'failed'; error: unknown };

/** The last check of this machine, kept while the user visits other screens. */
export const useDoctor = create<DoctorState>(() => ({ phase: 'idle' }));

/** Checks the machine; does nothing while a check is under way. */
export async function runDoctor(): Promise<void> {
  if (useDoctor.getState().phase === 'running') return;
  useDoctor.setState({ phase: 'running', steps: [] }, true);
  try {
    for await (const message of await client.doctor.diagnose()) {
      if (message.type === 'diagnosis') {
        useDoctor.setState({ phase: 'done', diagnosis: message.diagnosis, at: new Date().toISOString() }, true);
      } else {
        useDoctor.setState((state) =>
          state.phase === 'running' ? { phase: 'running', steps: [...state.steps, message.what] } : state,
        );
      }
    }
    if (useDoctor.getState().phase === 'running') throw new Error('The check ended without an answer.');
  } catch (error) {
    useDoctor.setState({ phase: 'failed', error }, true);
  }
}
