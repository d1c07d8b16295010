import { useFormat } from '../../components/use-format.ts';
import type { RunSession } from '../../../shared/domain/run-session.ts';

/** What was asked for, in one line. */
export function StartedWith({ session: { plan, startedAt, cells } }: { session: RunSession }) {
  const format = useFormat();
  const processes = plan.repeats === 1 ? '' : `, ${plan.repeats} engine processes each`;
  const configurations = cells.length === 1 ? '1 configuration' : `${format.count(cells.length)} configurations`;
  return (
    <>
      Started {format.time(startedAt)}: {configurations}, {plan.scenario}, {plan.grade} grade
      {plan.override !== undefined && ' with rules of its own'}
      {processes}.
    </>
  );
}
