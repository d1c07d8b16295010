import type { WarmUpRule } from '../../shared/domain/plan.ts';
import type { Feeds } from '../runtime/input-file.ts';
import type { OpenSession } from '../runtime/session.ts';
import { tensorBytes } from '../runtime/tensors.ts';
import { nowNs } from '../timing/clock.ts';
import { createWarmUpWatch } from '../timing/warm-up.ts';
import type { TaskChannel } from './channel.ts';

/** Progress goes out at most this often, between queries, so that it never falls into a timed interval. */
export const progressEveryNs = 250e6;

/** The rotation of inputs over one session, and what its outputs told. */
export function createRotation(session: OpenSession['session'], feeds: readonly Feeds[], batchOutput: string | null) {
  let next = 0;
  let minBatch = Number.POSITIVE_INFINITY;
  let maxBatch = 0;
  let outputBytes = 0;

  async function run(feed: Feeds) {
    const issuedNs = nowNs();
    const outputs = await session.run(feed);
    const completedNs = nowNs();
    if (batchOutput !== null) {
      const executed = outputs[batchOutput]?.dims[0] ?? 0;
      if (executed < minBatch) minBatch = executed;
      if (executed > maxBatch) maxBatch = executed;
    }
    if (outputBytes === 0) for (const output of Object.values(outputs)) outputBytes += tensorBytes(output);
    return { issuedNs, completedNs };
  }

  return {
    run,
    issue() {
      const feed = feeds[next]!;
      next = next + 1 === feeds.length ? 0 : next + 1;
      return run(feed);
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

/** Runs the rotation until its latency has settled or the rule's longest time has passed; ns. */
export async function warmUpRotation(rule: WarmUpRule, channel: TaskChannel, rotation: Rotation) {
  const watch = createWarmUpWatch(rule);
  const startNs = nowNs();
  let lastNs = startNs;
  let lastProgressNs = startNs;
  while (watch.state() === 'warming' && !channel.isCancelled()) {
    const { issuedNs, completedNs } = await rotation.issue();
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
