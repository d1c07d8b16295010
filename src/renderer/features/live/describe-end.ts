import type { Format } from '../../components/use-format.ts';
import type { RunSession } from '../../../shared/domain/run-session.ts';

/** How a measurement ended, in one sentence. */
export function describeEnd({ end, cells, runId, unsaved }: RunSession, format: Pick<Format, 'count'>): string {
  const measured = cells.filter(({ state }) => state === 'completed').length;
  const of = `${format.count(measured)} of ${format.count(cells.length)} ${cells.length === 1 ? 'configuration' : 'configurations'}`;
  if (end === null) return 'The measurement ended.';
  if (runId === null) {
    return end.failure?.code === 'CANCELLED' ? 'Cancelled before anything was measured' : 'Nothing was measured';
  }
  if (end.state === 'completed') return `Completed: ${of} measured`;
  if (end.state === 'cancelled') return `Cancelled: ${of} measured, which ${measured === 1 ? 'is' : 'are'} kept`;
  const kept = measured === 0 && unsaved.length > 0 ? '' : measured === 1 ? ', which is kept' : ', which are kept';
  return `Interrupted: ${of} measured and stored${kept}`;
}
