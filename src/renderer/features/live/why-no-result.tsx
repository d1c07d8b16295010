import { useQuery } from '@tanstack/react-query';
import { api } from '../../transport/connection.ts';
import { explainOutcome } from '../../components/explain-outcome.ts';
import { useFormat, type Format } from '../../components/use-format.ts';
import type { CellId } from '../../../shared/domain/ids.ts';
import type { CellOutcome } from '../../../shared/domain/run.ts';

/** Why a configuration that has ended has no result, and what was kept of it. */
export function WhyNoResult({ cellId }: { cellId: CellId }) {
  const format = useFormat();
  const { data } = useQuery(api.results.get.queryOptions({ input: { cellId } }));
  return data === undefined ? null : <>{describeLoss(data.cell.outcome, format)}</>;
}

/** In sentences; null for an outcome that needs no explanation. */
export function describeLoss(outcome: CellOutcome, format: Pick<Format, 'count' | 'duration'>): string | null {
  if (outcome.state === 'completed' || outcome.state === 'pending' || outcome.state === 'running') return null;
  const { happened, remedy } = explainOutcome(outcome, format);
  // The others are remedied for the whole run, below the table.
  return outcome.state === 'failed' ? `${happened} ${remedy}` : happened;
}
