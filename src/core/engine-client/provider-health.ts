import type { MachineReport } from '../../shared/domain/machine.ts';
import type { ProviderId, ProviderReport } from '../../shared/domain/provider.ts';
import type { SpawnEngine } from './engine-process.ts';
import { explainWithoutNvidia } from './explain-without-nvidia.ts';
import { probeProvider } from './probe-provider.ts';

export interface CheckedProvider extends ProviderReport {
  /** ISO 8601. */
  checkedAt: string;
}

/** What is known about providers while a host runs; each is probed once unless asked again. */
export interface ProviderHealth {
  known(id: ProviderId): CheckedProvider | undefined;
  /** Probes what is not known, one after another: two at once would compete for a device. */
  check(ids: readonly ProviderId[], options?: { refresh?: boolean; signal?: AbortSignal }): Promise<CheckedProvider[]>;
}

export function createProviderHealth(spawn: SpawnEngine, machine: () => Promise<MachineReport>): ProviderHealth {
  const reports = new Map<ProviderId, CheckedProvider>();
  let queue: Promise<unknown> = Promise.resolve();

  async function probe(id: ProviderId, refresh: boolean, signal: AbortSignal | undefined): Promise<CheckedProvider> {
    const earlier = reports.get(id);
    if (earlier !== undefined && !refresh) return earlier;
    signal?.throwIfAborted();
    const found = await explainWithoutNvidia(await probeProvider(spawn, id, signal), machine);
    const report = { ...found, checkedAt: new Date().toISOString() };
    // A probe that was cut short found nothing out.
    signal?.throwIfAborted();
    reports.set(id, report);
    return report;
  }

  return {
    known: (id) => reports.get(id),
    async check(ids, { refresh = false, signal } = {}) {
      const checked: CheckedProvider[] = [];
      for (const id of ids) {
        const next = queue.then(() => probe(id, refresh, signal));
        queue = next.catch(() => undefined);
        checked.push(await next);
      }
      return checked;
    },
  };
}
