import type { Format } from '../../components/use-format.ts';
import type { RunState } from '../../../shared/domain/run.ts';
import type { RunSession } from '../../../shared/domain/run-session.ts';

/** How a run that did not come to its end stands; one that ends without telling is interrupted. */
const endWords: Readonly<Record<Exclude<RunState, 'completed'>, string>> = {
  running: 'Interrupted',
  paused: 'Paused',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
};

/** How a measurement ended: a heading, and a sentence about what there is of it where that is in question. */
export function describeEnd(
  { end, cells, runId }: RunSession,
  format: Pick<Format, 'count'>,
): { heading: string; kept: string | null } {
  if (runId === null || end === null) {
    const isCancelled = end?.failure?.code === 'CANCELLED';
    return { heading: isCancelled ? 'Cancelled before anything was measured' : 'Nothing was measured', kept: null };
  }
  const measured = cells.filter(({ state }) => state === 'completed').length;
  const of = `${format.count(measured)} of ${format.count(cells.length)} ${cells.length === 1 ? 'configuration' : 'configurations'} measured`;
  if (end.state === 'completed') return { heading: `Completed: ${of}`, kept: null };
  return {
    heading: `${endWords[end.state ?? 'interrupted']}: ${of}`,
    kept: measured === 0 ? null : measured === 1 ? 'Its result is kept.' : 'Their results are kept.',
  };
}
