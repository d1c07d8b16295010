import type { WarmUpRule } from '../../shared/domain/plan.ts';
import type { Feeds } from '../runtime/input-file.ts';
import { createFeedJoiner } from '../runtime/join-feeds.ts';
import type { OpenSession } from '../runtime/session.ts';
import { tensorBytes } from '../runtime/tensors.ts';
import type { CallStamps } from '../scenarios/scenario.ts';
import { nowNs } from '../timing/clock.ts';
import { createWarmUpWatch } from '../timing/warm-up.ts';
import type { TaskChannel } from './channel.ts';

/** Progress goes out at most this often, between queries, so that it never falls into a timed interval. */
export const progressEveryNs = 250e6;

/** The rotation of inputs over one session, and what its outputs told. Up to `maxJoined` queries can share a call. */
export function createRotation(
  session: OpenSession['session'],
  feeds: readonly Feeds[],
  batchOutput: string | null,
  maxJoined = 1,
) {
  const join = maxJoined > 1 ? createFeedJoiner(feeds, maxJoined) : null;
  let next = 0;
  let minBatch = Number.POSITIVE_INFINITY;
  let maxBatch = 0;
  let outputBytes = 0;

  /** Looks at what a call of `count` queries gave, after its time was taken. */
  function examine(outputs: Awaited<ReturnType<typeof session.run>>, count: number): void {
    if (batchOutput !== null) {
      const executed = (outputs[batchOutput]?.dims[0] ?? 0) / count;
      if (executed < minBatch) minBatch = executed;
      if (executed > maxBatch) maxBatch = executed;
    }
    if (outputBytes === 0) for (const output of Object.values(outputs)) outputBytes += tensorBytes(output);
  }

  async function run(feed: Feeds): Promise<CallStamps> {
    const issuedNs = nowNs();
    const outputs = await session.run(feed);
    const completedNs = nowNs();
    examine(outputs, 1);
    return { issuedNs, completedNs };
  }

  /** Putting inputs together is part of the call: a server has to do it. */
  async function runJoined(first: number, count: number): Promise<CallStamps> {
    if (join === null) throw new Error('Queries were to share a call of a rotation that joins none');
    const issuedNs = nowNs();
    const feed = join(first, count);
    const joinNs = nowNs() - issuedNs;
    const outputs = await session.run(feed);
    const completedNs = nowNs();
    examine(outputs, count);
    return { issuedNs, completedNs, joinNs };
  }

  return {
    run,
    /** Runs the next query, or as many as are asked for in one call. */
    issue(count = 1) {
      const first = next;
      next = (first + count) % feeds.length;
      return count === 1 ? run(feeds[first]!) : runJoined(first, count);
    },
    /** Begins the next round of the rotation with this feed. */
    startAt(feed: number): void {
      next = feed % feeds.length;
    },
    executedBatch: () => (batchOutput === null ? null : { min: minBatch, max: maxBatch }),
    outputBytes: () => outputBytes,
  };
}
export type Rotation = ReturnType<typeof createRotation>;

/** Runs the rotation, `count` queries a call, until its latency has settled or the rule's longest time has passed; ns. */
export async function warmUpRotation(
  rule: WarmUpRule,
  channel: TaskChannel,
  rotation: Pick<Rotation, 'issue'>,
  { count = 1, windowRuns }: { count?: number; windowRuns?: number } = {},
) {
  const watch = createWarmUpWatch(rule, windowRuns);
  const startNs = nowNs();
  let lastNs = startNs;
  let lastProgressNs = startNs;
  while (watch.state() === 'warming' && !channel.isCancelled()) {
    const { issuedNs, completedNs } = await rotation.issue(count);
    watch.add(completedNs - issuedNs, completedNs - lastNs);
    lastNs = completedNs;
    if (completedNs - lastProgressNs >= progressEveryNs) {
      lastProgressNs = completedNs;
      channel.send({
        type: 'progress',
        stage: 'warm-up',
        queries: watch.runs(),
        elapsedNs: completedNs - startNs,
        remainingNs: null,
        latestLatencyNs: completedNs - issuedNs,
      });
    }
  }
  return {
    runs: watch.runs(),
    durationNs: lastNs - startNs,
    steady: watch.state() === 'steady',
    medianNs: watch.latestMedianNs(),
  };
}
