import type { IdleGap } from '../../shared/domain/idle-gap.ts';
import type { Finding, Measurement } from '../../shared/domain/measurement.ts';
import { percentileOfSorted } from '../stats/percentile-interval.ts';
import type { ProcessSeries } from '../stats/summarize-processes.ts';

/** How the pauses between an answer and the next query were kept. The first one of a process has no answer before it. */
export function readIdleGap(askedMs: number, series: readonly ProcessSeries[]): IdleGap {
  const askedNs = askedMs * 1e6;
  if (series.some(({ context }) => context.keptEvery > 1)) return { askedNs, kept: null };
  const pauses = series.flatMap(({ series: { issuedNs, completedNs } }) =>
    Array.from(issuedNs.subarray(1), (issued, index) => issued - completedNs[index]!),
  );
  if (pauses.length === 0) return { askedNs, kept: null };
  const sorted = Float64Array.from(pauses).sort();
  return {
    askedNs,
    kept: {
      pauses: sorted.length,
      medianNs: percentileOfSorted(sorted, 50),
      shortestNs: sorted[0]!,
      longestNs: sorted[sorted.length - 1]!,
    },
  };
}

/** A pause may be off by this share of it or by this long, whichever is more. */
const pauseTolerance = 0.05;
const pauseToleranceNs = 0.5e6;

/** INVALID where the pauses were others than asked for. */
export function judgePauses({ idleGap }: Pick<Measurement, 'idleGap'>): Finding | null {
  if (idleGap?.kept == null) return null;
  const { askedNs, kept } = idleGap;
  const toleranceNs = Math.max(pauseToleranceNs, pauseTolerance * askedNs);
  if (Math.abs(kept.medianNs - askedNs) <= toleranceNs) return null;
  return {
    code: 'PAUSE_NOT_KEPT',
    severity: 'invalid',
    reason: `Pauses of ${askedNs / 1e6} ms were asked for, and half of them were ${(kept.medianNs / 1e6).toPrecision(3)} ms or longer.`,
    remedy: 'Close other programs and measure again.',
  };
}
