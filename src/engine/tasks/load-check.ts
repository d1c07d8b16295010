import { setImmediate as nextTurn } from 'node:timers/promises';
import { runOpenLoop } from '../scenarios/open-loop.ts';
import type { CallStamps } from '../scenarios/scenario.ts';
import { nowNs } from '../timing/clock.ts';
import type { TaskChannel } from './channel.ts';
import type { LoadCheckResult, LoadCheckTask } from './load-check-messages.ts';
import { progressEveryNs } from './rotation.ts';

/** Like a session's `run`: one turn of the event loop, then the thread is taken until the known time has passed. */
async function serve(serviceNs: number): Promise<CallStamps> {
  const issuedNs = nowNs();
  await nextTurn();
  let completedNs = nowNs();
  while (completedNs < issuedNs + serviceNs) completedNs = nowNs();
  return { issuedNs, completedNs };
}

/** Runs the open loop of the scenario "server" against a service of known time instead of a model. */
export async function checkLoad({ load, serviceNs }: LoadCheckTask, channel: TaskChannel): Promise<LoadCheckResult> {
  const { arrivalsNs, maxBatch, maxDelayMs, latenessLimitNs } = load;
  const scheduled = new Float64Array(arrivalsNs.length);
  const issued = new Float64Array(arrivalsNs.length);
  const completed = new Float64Array(arrivalsNs.length);
  const startNs = nowNs();
  let count = 0;
  let lastProgressNs = startNs;
  const server = await runOpenLoop({
    arrivalsNs,
    batching: { maxBatch, maxDelayNs: maxDelayMs * 1e6 },
    latenessLimitNs,
    expectedNs: serviceNs,
    issue: () => serve(serviceNs),
    record(scheduledNs, issuedNs, completedNs) {
      scheduled[count] = scheduledNs - startNs;
      issued[count] = issuedNs - startNs;
      completed[count] = completedNs - startNs;
      count++;
      if (completedNs - lastProgressNs >= progressEveryNs) {
        lastProgressNs = completedNs;
        channel.send({
          type: 'progress',
          stage: 'measured',
          queries: count,
          elapsedNs: completedNs - startNs,
          remainingNs: Math.max(0, startNs + (arrivalsNs.at(-1) ?? 0) - completedNs),
          latestLatencyNs: completedNs - scheduledNs,
        });
      }
      return !channel.isCancelled();
    },
    isCancelled: channel.isCancelled,
  });
  return {
    kind: 'load-check',
    cancelled: channel.isCancelled(),
    scheduledNs: scheduled.slice(0, count),
    issuedNs: issued.slice(0, count),
    completedNs: completed.slice(0, count),
    server,
  };
}
