import { providers } from '../providers/registry.ts';
import { openInputFile } from '../runtime/input-file.ts';
import { countThreads, intraOpThreads, loadedGpuLibraries, peakResidentBytes } from '../runtime/own-process.ts';
import { openSession } from '../runtime/session.ts';
import { nowNs, toSystemNs } from '../timing/clock.ts';
import type { TaskChannel } from './channel.ts';
import type { ColdStartResult, ColdStartTask } from './cold-start-messages.ts';

/** The first answer of this process: a session, one input, one query. What it takes is timed from outside as well. */
export async function startCold(task: ColdStartTask, channel: TaskChannel): Promise<ColdStartResult> {
  const rssBeforeBytes = process.memoryUsage.rss();
  channel.enterStage('session');
  const threadsBefore = countThreads();
  const creationStartNs = nowNs();
  await using open = await openSession(task.session);
  const sessionCreationNs = nowNs() - creationStartNs;
  const threadsUsed = intraOpThreads(task.session.threads, threadsBefore, countThreads());
  using inputs = openInputFile(task.inputs);
  const feed = inputs.read(0);
  channel.enterStage('first');
  const issuedNs = nowNs();
  const outputs = await open.session.run(feed);
  const completedNs = nowNs();
  return {
    kind: 'cold-start',
    sessionCreationNs,
    firstInferenceNs: completedNs - issuedNs,
    answeredAtNs: toSystemNs(completedNs),
    executedBatch: task.batchOutput === null ? null : (outputs[task.batchOutput]?.dims[0] ?? 0),
    rssBeforeBytes,
    peakRssBytes: peakResidentBytes(),
    sessionOptions: { ...open.options },
    providerOptions: providers[task.session.provider].resolveOptions(task.session.deviceId, process.env),
    threadsUsed,
    libraries: loadedGpuLibraries(),
  };
}
