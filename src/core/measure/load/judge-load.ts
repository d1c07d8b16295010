import type { Finding, Measurement } from '../../../shared/domain/measurement.ts';
import { lateShareLimit } from './server-rules.ts';

/** INVALID where calls of a server began so late, though nothing was in their way, that the harness made the latency. */
export function judgeLateness({ server }: Pick<Measurement, 'server'>): Finding | null {
  if (server === undefined || server.lateness.lateShare <= lateShareLimit) return null;
  const { lateShare, limitNs, p99Ns } = server.lateness;
  return {
    code: 'GENERATOR_LATE',
    severity: 'invalid',
    reason: `${(lateShare * 100).toPrecision(2)} % of the calls began more than ${milliseconds(limitNs)} late although the model was free (99th percentile ${milliseconds(p99Ns)}).`,
    remedy: 'Close other programs, or leave a processor to the engine with fewer threads, and measure again.',
  };
}

/** INVALID where queries came faster than they were answered: the latency then says how long the run was. */
export function judgeOverload({ server }: Pick<Measurement, 'server'>): Finding | null {
  if (server === undefined || server.sustained) return null;
  const { offeredPerS, achievedPerS, backlog, unansweredQueries } = server;
  const waiting =
    unansweredQueries > 0
      ? `${unansweredQueries} queries had no answer when it was given up`
      : `${backlog.atEnd} queries were waiting at the end and ${backlog.atHalf} at half`;
  return {
    code: 'OVERLOADED',
    severity: 'invalid',
    reason: `The model answered ${perSecond(achievedPerS)} of the ${perSecond(offeredPerS)} queries offered per second and fell behind: ${waiting}.`,
    remedy: 'Offer a lower rate, put queries together with --max-batch, or search the highest rate with --slo-ms.',
  };
}

function milliseconds(ns: number): string {
  return `${(ns / 1e6).toPrecision(3)} ms`;
}

function perSecond(rate: number): string {
  return rate >= 100 ? rate.toFixed(0) : rate.toPrecision(3);
}
