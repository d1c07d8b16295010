import { useQuery } from '@tanstack/react-query';
import { api } from '../../transport/connection.ts';
import { useFormat, type Format } from '../../components/use-format.ts';
import type { CellId } from '../../../shared/domain/ids.ts';
import type { CellOutcome } from '../../../shared/domain/run.ts';
import { stageName } from './stages.ts';

/** Why a configuration that has ended has no result, and what was kept of it. */
export function WhyNoResult({ cellId }: { cellId: CellId }) {
  const format = useFormat();
  const { data } = useQuery(api.results.get.queryOptions({ input: { cellId } }));
  return data === undefined ? null : <>{explainOutcome(data.cell.outcome, format)}</>;
}

/** In sentences; null for an outcome that needs no explanation. */
export function explainOutcome(outcome: CellOutcome, format: Pick<Format, 'count' | 'duration'>): string | null {
  switch (outcome.state) {
    case 'failed':
      return `${outcome.failure.message} ${outcome.failure.remedy}`;
    case 'crashed': {
      const { signal, exitCode } = outcome.exit;
      const how = signal === null ? `with exit code ${exitCode ?? 'unknown'}` : `by ${signal}`;
      return `The engine process was ended ${how} in the stage “${stageName(outcome.stage)}”. ${describeKept(outcome.keptSamples, format)}`;
    }
    case 'timed-out':
      return `The engine did not end the stage “${stageName(outcome.stage)}” within ${format.duration(outcome.deadlineS)}. ${describeKept(outcome.keptSamples, format)}`;
    case 'cancelled':
      return `Cancelled in the stage “${stageName(outcome.stage)}”. ${describeKept(outcome.keptSamples, format)}`;
    case 'completed':
    case 'pending':
    case 'running':
      return null;
  }
}

function describeKept(samples: number, { count }: Pick<Format, 'count'>): string {
  if (samples === 0) return 'It had no samples yet.';
  return samples === 1 ? 'Its one sample is kept.' : `Its ${count(samples)} samples are kept.`;
}
