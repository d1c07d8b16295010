import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../shared/contract/index.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { api } from '../transport/connection.ts';
import { toShownFailure } from '../transport/failure.ts';

/** A provider as it was found when it was last tried. */
export type CheckedProvider = InferContractRouterOutputs<typeof contract>['providers']['check'][number];

const allIds = Object.keys({
  cpu: true,
  cuda: true,
  tensorrt: true,
  dml: true,
  webgpu: true,
  coreml: true,
} satisfies Record<ProviderId, true>) as ProviderId[];

interface Providers {
  reports: CheckedProvider[];
  isLoading: boolean;
  /** True: a measurement runs, so `reports` holds only what was known before it. */
  isBusy: boolean;
  /** null while `isBusy`: that is no failure. */
  error: Error | null;
  retry: () => void;
}

/** Which execution providers work here. Trying them would disturb a measurement, so meanwhile only known ones are told. */
export function useProviders(): Providers {
  const all = useQuery(api.providers.check.queryOptions({ input: {} }));
  const isBusy = all.isError && toShownFailure(all.error).code === 'MACHINE_BUSY';
  const known = useQueries({
    queries: allIds.map((id) => ({
      ...api.providers.check.queryOptions({ input: { ids: [id] } }),
      enabled: isBusy && all.data === undefined,
    })),
    combine: toReports,
  });
  return {
    reports: all.data ?? known,
    isLoading: all.isPending,
    isBusy,
    error: isBusy ? null : all.error,
    retry: () => void all.refetch(),
  };
}

function toReports(queries: UseQueryResult<CheckedProvider[]>[]): CheckedProvider[] {
  return queries.flatMap(({ data }) => data ?? []);
}
