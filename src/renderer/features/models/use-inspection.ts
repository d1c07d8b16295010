import { useQuery } from '@tanstack/react-query';
import type { InferContractRouterOutputs } from '@orpc/contract';
import { create } from 'zustand';
import type { contract } from '../../../shared/contract/index.ts';
import { client } from '../../transport/connection.ts';

export type InspectedModel = InferContractRouterOutputs<typeof contract>['models']['add'];

interface Building {
  /** Share of a reference model that is built. */
  share: number;
  stop: () => void;
}

/** Reference models that are being built for this page. */
const useBuilding = create<Readonly<Record<string, Building>>>(() => ({}));

/** What is in a model. A reference model is built on first use, which goes on when the screen is left. */
export function useInspection(name: string) {
  const building = useBuilding((state) => state[name] ?? null);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['inspection', name],
    queryFn: () => inspect(name),
  });
  return { model: data ?? null, error, isPending, building, retry: () => void refetch() };
}

async function inspect(name: string): Promise<InspectedModel> {
  const abort = new AbortController();
  try {
    for await (const message of await client.models.inspect({ name }, { signal: abort.signal })) {
      if (message.type === 'inspected') return message.model;
      useBuilding.setState({ [name]: { share: message.share, stop: () => abort.abort() } });
    }
    throw new Error('The host ended before it had read the model.');
  } catch (error) {
    throw abort.signal.aborted ? new Error('Building was stopped.', { cause: error }) : error;
  } finally {
    useBuilding.setState(({ [name]: _, ...rest }) => rest, true);
  }
}
