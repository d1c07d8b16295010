import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract';
import { create } from 'zustand';
import type { contract } from '../../../../shared/contract/index.ts';
import { queryClient } from '../../../app/query-client.ts';
import { api, client } from '../../../transport/connection.ts';
import { holdPage } from '../../../transport/hold-page.ts';
import { estimateLeftS, partOf } from './stages.ts';

export type QuantizeRequest = InferContractRouterInputs<typeof contract>['quantization']['quantize'];
type Message =
  InferContractRouterOutputs<typeof contract>['quantization']['quantize'] extends AsyncIterator<infer One, unknown>
    ? One
    : never;
export type Quantized = Extract<Message, { type: 'quantized' }>;
type Progress = Extract<Message, { type: 'progress' }>;

/** One variant in the making, or how that ended. */
export interface Job {
  request: QuantizeRequest;
  state:
    | { phase: 'running'; stage: Progress['stage'] | null; share: number; leftS: number | null }
    | { phase: 'done'; made: Quantized }
    | { phase: 'failed'; error: unknown }
    | { phase: 'cancelled' };
}

/** By the name of the source model. They go on while other screens are open, and end with the page. */
export const useJobs = create<Readonly<Record<string, Job>>>(() => ({}));

const cancels = new Map<string, AbortController>();

/** Begins to make a variant; one at a time for each model. */
export async function startJob(request: QuantizeRequest): Promise<void> {
  const { name } = request;
  if (cancels.has(name)) return;
  const cancel = new AbortController();
  cancels.set(name, cancel);
  const setState = (state: Job['state']): void => useJobs.setState({ [name]: { request, state } });
  setState({ phase: 'running', stage: null, share: 0, leftS: null });
  const letGo = holdPage();
  try {
    const made = await follow(request, cancel.signal, setState);
    if (made === null) throw new Error('The host ended before the variant was made.');
    setState({ phase: 'done', made });
    void queryClient.invalidateQueries({ queryKey: api.models.list.key() });
  } catch (error) {
    setState(cancel.signal.aborted ? { phase: 'cancelled' } : { phase: 'failed', error });
  } finally {
    letGo();
    cancels.delete(name);
  }
}

async function follow(
  request: QuantizeRequest,
  signal: AbortSignal,
  setState: (state: Job['state']) => void,
): Promise<Quantized | null> {
  let stage: Progress['stage'] | null = null;
  let startedMs = Date.now();
  for await (const message of await client.quantization.quantize(request, { signal })) {
    if (message.type === 'quantized') return message;
    if (partOf(message.stage) !== partOf(stage)) startedMs = Date.now();
    stage = message.stage;
    const { share } = message;
    setState({ phase: 'running', stage, share, leftS: estimateLeftS(share, Date.now() - startedMs) });
  }
  return null;
}

export function cancelJob(name: string): void {
  cancels.get(name)?.abort();
}

/** Takes a job that has ended off the screen. */
export function dismissJob(name: string): void {
  if (!cancels.has(name)) useJobs.setState(({ [name]: _, ...rest }) => rest, true);
}
