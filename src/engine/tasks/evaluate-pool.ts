import type { EvaluatePoolResult, EvaluatePoolTask } from './evaluate-pool-messages.ts';
import { openInputFile } from '../runtime/input-file.ts';
import { peakResidentBytes } from '../runtime/own-process.ts';
import { openSession } from '../runtime/session.ts';
import { tensorToPayload } from '../runtime/tensors.ts';
import type { TaskChannel } from './channel.ts';

/** ONNX Runtime plans the memory of a run after the first one, so the second has the size of all that follow. */
const runsBeforePeak = 2;

/**
 * Runs a model over a pool of inputs and sends the outputs feed by feed. Inputs are read as they are needed and one
 * feed is computed while the core deals with the one before, so memory does not grow with the pool. A cancel message
 * ends it after the feed that is under way.
 */
export async function evaluatePool(task: EvaluatePoolTask, channel: TaskChannel): Promise<EvaluatePoolResult> {
  using inputs = openInputFile(task.inputs);
  const rssBeforeBytes = process.memoryUsage.rss();
  channel.enterStage('session');
  await using open = await openSession(task.session);
  const run = (feed: number) => {
    const tensors = inputs.read(feed);
    return task.fetches === null ? open.session.run(tensors) : open.session.run(tensors, task.fetches);
  };
  channel.enterStage('first');
  for (let count = 0; count < runsBeforePeak && !channel.isCancelled(); count++) await run(0);
  const peakRssBytes = peakResidentBytes();
  channel.enterStage('measured');
  let feed = 0;
  let taken = Promise.resolve(true);
  while (feed < task.feeds && !channel.isCancelled()) {
    const outputs = await run(feed);
    if (!(await taken)) break;
    const payloads = Object.entries(outputs).map(([name, tensor]) => [name, tensorToPayload(tensor, true)] as const);
    taken = channel.handOver({ type: 'outputs', feed, outputs: Object.fromEntries(payloads) });
    feed++;
  }
  await taken;
  return { kind: 'evaluate-pool', feeds: feed, rssBeforeBytes, peakRssBytes };
}
