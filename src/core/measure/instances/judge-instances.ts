import type { Finding, Measurement } from '../../../shared/domain/measurement.ts';

type Judged = Pick<Measurement, 'instances'>;

/** A remark where engines that work at once may wander to each other's processors. */
export function judgePinning({ instances }: Judged): Finding | null {
  if (instances === undefined || instances.oversubscribed || instances.pinned.status === 'present') return null;
  return {
    code: 'NOT_PINNED',
    severity: 'remark',
    reason: `The instances were not confined to processors of their own: ${instances.pinned.reason}.`,
    remedy: 'Start them under a tool of the system that confines processes, or measure on Linux.',
  };
}

/** A remark where there were more threads than processors. */
export function judgeOversubscription({ instances }: Judged): Finding | null {
  if (instances?.oversubscribed !== true) return null;
  return {
    code: 'OVERSUBSCRIBED',
    severity: 'remark',
    reason: `${instances.count} instances of ${Math.max(1, instances.threads)} threads shared fewer processors.`,
    remedy: 'Do not take it for what instances on processors of their own reach.',
  };
}
