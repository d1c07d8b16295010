import { nowNs } from '../timing/clock.ts';
import { waitUntil } from '../timing/wait.ts';
import type { ServerResult } from '../tasks/server-messages.ts';
import { planDispatch, type BatchingRule } from './dispatch.ts';
import type { CallStamps } from './scenario.ts';
import { createServerAccount } from './server-account.ts';

/** What an open loop works with. */
export interface OpenLoop {
  /** ns from the start of the measured part, in order. */
  arrivalsNs: Float64Array;
  batching: BatchingRule;
  /** A call that begins later than this after it could have begun counts as late. */
  latenessLimitNs: number;
  /** About what a call takes, for how long answers are waited for after the last arrival. */
  expectedNs: number;
  /** Runs one call on `count` inputs. */
  issue: (count: number) => Promise<CallStamps>;
  /** Takes the stamps of every query of a call; false ends the loop. */
  record: (scheduledNs: number, issuedNs: number, completedNs: number) => boolean;
  isCancelled: () => boolean;
}

/** Answers that are outstanding at the end of the schedule are waited for this long, as a share of it ... */
const drainShare = 0.1;
/** ... or for so many calls, or for a second, whichever is longest. */
const drainCalls = 20;
/** After this share of the schedule a server that has answered less than half is given up. */
const hopelessShare = 0.1;

/**
 * Queries arrive on schedule whether or not earlier ones are answered; one model answers them in order. There is no
 * generator beside the model that could be held up by it: a query has arrived when its time has passed, so only a call
 * that begins late although the model is free counts as late. What the loop itself does between two calls is in that
 * lateness. A server that cannot keep up is given up, and its unanswered queries are counted.
 */
export async function runOpenLoop(loop: OpenLoop): Promise<ServerResult> {
  const { arrivalsNs, batching, issue, record, isCancelled } = loop;
  const account = createServerAccount(arrivalsNs, loop.latenessLimitNs);
  const scheduleNs = arrivalsNs.at(-1) ?? 0;
  const patienceNs = Math.max(1e9, drainCalls * loop.expectedNs);
  const stopNs = scheduleNs + Math.max(patienceNs, drainShare * scheduleNs);
  const hopelessNs = Math.max(patienceNs, hopelessShare * scheduleNs);
  const originNs = nowNs();
  let freeNs = 0;
  let first = 0;
  for (;;) {
    const call = planDispatch(arrivalsNs, first, freeNs, batching);
    if (call === null) break;
    if (call.atNs > freeNs) await waitUntil(originNs + call.atNs, isCancelled);
    if (isCancelled()) break;
    const { issuedNs, completedNs, joinNs = 0 } = await issue(call.count);
    const endNs = completedNs - originNs;
    account.add(call, { waited: call.atNs > freeNs, issuedNs: issuedNs - originNs, endNs, joinNs });
    let wanted = true;
    for (let query = first; query < first + call.count; query++) {
      wanted &&= record(originNs + arrivalsNs[query]!, issuedNs, completedNs);
    }
    first += call.count;
    freeNs = nowNs() - originNs;
    if (!wanted || endNs > stopNs || (endNs > hopelessNs && account.isFarBehind())) break;
  }
  return account.close();
}
