import type { ServerResult } from '../tasks/server-messages.ts';
import type { Dispatch } from './dispatch.ts';

/** What one call of an open loop was like, ns from the start of the measured part. */
export interface ServedCall {
  /** The model was free before the call was due, and waited for it. */
  waited: boolean;
  issuedNs: number;
  endNs: number;
  joinNs: number;
}

/** Counts what a server does, call by call; 8 bytes per call are kept for the lateness. */
export function createServerAccount(arrivalsNs: Float64Array, latenessLimitNs: number) {
  const scheduleNs = arrivalsNs.at(-1) ?? 0;
  const halfNs = scheduleNs / 2;
  const lateness = new Float64Array(arrivalsNs.length);
  const sizes = new Map<number, { calls: number; serviceNs: number; joinNs: number }>();
  const backlog = { atHalf: 0, atEnd: 0, most: 0 };
  let calls = 0;
  let lateCalls = 0;
  let answered = 0;
  let arrived = 0;
  let previousEndNs = 0;
  let idleInSecondHalf = false;

  /** Queries that are there at a time and not answered yet; times must not go back. */
  function waitingAt(timeNs: number): number {
    while ((arrivalsNs[arrived] ?? Number.POSITIVE_INFINITY) <= timeNs) arrived++;
    return arrived - answered;
  }

  function sizeOf(count: number) {
    const known = sizes.get(count);
    if (known !== undefined) return known;
    const size = { calls: 0, serviceNs: 0, joinNs: 0 };
    sizes.set(count, size);
    return size;
  }

  return {
    add({ count, atNs }: Dispatch, { waited, issuedNs, endNs, joinNs }: ServedCall): void {
      const lateNs = Math.max(0, issuedNs - (waited ? atNs : previousEndNs));
      lateness[calls++] = lateNs;
      if (lateNs > latenessLimitNs) lateCalls++;
      // A moment without work began when the call before had ended, and ended when this one began.
      if (waited && issuedNs > halfNs) idleInSecondHalf = true;
      if (previousEndNs <= halfNs && halfNs < endNs) backlog.atHalf = waitingAt(halfNs);
      if (previousEndNs <= scheduleNs && scheduleNs < endNs) backlog.atEnd = waitingAt(scheduleNs);
      backlog.most = Math.max(backlog.most, waitingAt(endNs));
      const size = sizeOf(count);
      size.calls++;
      size.serviceNs += endNs - issuedNs;
      size.joinNs += joinNs;
      answered += count;
      previousEndNs = endNs;
    },
    /** Whether less than half of the queries that had arrived when the latest call ended are answered. */
    isFarBehind: () => answered < arrived / 2,
    close(): ServerResult {
      const sorted = lateness.subarray(0, calls).sort();
      const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * calls) - 1)] ?? 0;
      // Given up before the end: what waited then.
      if (previousEndNs <= scheduleNs) backlog.atEnd = arrived - answered;
      return {
        scheduledQueries: arrivalsNs.length,
        unanswered: arrived - answered,
        scheduleNs,
        endNs: previousEndNs,
        calls: [...sizes].toSorted(([left], [right]) => left - right).map(([queries, size]) => ({ queries, ...size })),
        lateness: { p50Ns: rank(0.5), p99Ns: rank(0.99), maxNs: sorted.at(-1) ?? 0, lateCalls },
        backlog,
        idleInSecondHalf,
      };
    },
  };
}
