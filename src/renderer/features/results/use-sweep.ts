import { useQuery } from '@tanstack/react-query';
import type { CellRecord } from '../../../shared/domain/run.ts';
import { api } from '../../transport/connection.ts';
import { hasBatchCurve } from './batch-lines.ts';
import type { ListedCell } from './listed-cell.ts';

const longestSweep = 2_000;

/** The results of the same run that differ from this one in their batch size only; empty without another size. */
export function useSweep({ runId, config }: CellRecord): ListedCell[] {
  const { model, provider, threads, scenario, instances, load, pauseMs, decode } = config;
  const { data } = useQuery(
    api.results.list.queryOptions({ input: { runId, model, provider, state: 'completed', limit: longestSweep } }),
  );
  const setup = JSON.stringify([threads, scenario, instances, load, pauseMs, decode]);
  const alike = (data?.items ?? []).filter(
    (cell) =>
      JSON.stringify([cell.threads, cell.scenario, cell.instances, cell.load, cell.pauseMs, cell.decode]) === setup,
  );
  return hasBatchCurve(alike) ? alike : [];
}
