import type { MeasureResult, MeasureTask } from '../protocol.ts';
import { providers } from '../providers/registry.ts';
import { readInputFile } from '../runtime/input-file.ts';
import { countThreads, intraOpThreads, loadedGpuLibraries, peakResidentBytes } from '../runtime/own-process.ts';
import { openSession } from '../runtime/session.ts';
import { scenarios } from '../scenarios/registry.ts';
import { nowNs, toSystemNs } from '../timing/clock.ts';
import { measureHarness } from '../timing/harness.ts';
import type { TaskChannel } from './channel.ts';
import { runMeasuredPart, type Measured } from './measured-part.ts';
import { createRotatingLoad } from './rotating-load.ts';

/**
 * Measures one configuration: session creation, first inference, warm-up until steady and the measured part are
 * timed apart; reading inputs and the checks afterwards are in none of them. Latency is host to host: from the call
 * with inputs in host memory to outputs readable in host memory.
 */
export async function measure(task: MeasureTask, channel: TaskChannel): Promise<MeasureResult> {
  if (task.scenario === 'cold-start') throw new Error('A cold start is no task of an engine that is there already');
  const scenario = scenarios[task.scenario];
  const feeds = readInputFile(task.inputs);
  const rssBeforeBytes = process.memoryUsage.rss();
  channel.enterStage('session');
  const threadsBefore = countThreads();
  const creationStartNs = nowNs();
  await using open = await openSession(task.session);
  const sessionCreationNs = nowNs() - creationStartNs;
  const threadsUsed = intraOpThreads(task.session.threads, threadsBefore, countThreads());

  channel.enterStage('first');
  const parts = { task, session: open.session, feeds, channel };
  const load = 'open' in scenario ? scenario.open(parts) : createRotatingLoad(scenario, parts);
  const first = await load.first();

  channel.enterStage('warm-up');
  const { medianNs: expectedNs, ...warmUp } = await load.warmUp();
  if (task.together === true) {
    channel.reach('warm');
    // Kept warm, and the others are not left alone with the machine while they warm up.
    while (!channel.hasPassed('warm') && !channel.isCancelled()) await load.issue();
  }

  let measured: Measured = { queries: 0, keptEvery: 1, durationNs: 0, startedAtNs: toSystemNs(nowNs()) };
  if (!channel.isCancelled()) {
    channel.enterStage('measured');
    measured = await runMeasuredPart(task, channel, scenario, load, expectedNs);
  }
  const cancelled = channel.isCancelled();
  channel.enterStage('checks');
  const peak = peakResidentBytes();
  const checks = cancelled || task.isTrial === true ? { cachingRatio: null } : await load.check(expectedNs);
  return {
    kind: 'measure',
    cancelled,
    sessionCreationNs,
    firstInferenceNs: first.completedNs - first.issuedNs,
    warmUp,
    ...measured,
    ...checks,
    executedBatch: load.executedBatch(),
    outputBytes: load.outputBytes(),
    rssBeforeBytes,
    peakRssBytes: peak,
    sessionOptions: { ...open.options },
    providerOptions: providers[task.session.provider].resolveOptions(task.session.deviceId, process.env),
    threadsUsed,
    libraries: loadedGpuLibraries(),
    harness: cancelled ? null : await measureHarness(task.identityModel, load.outputBytes()),
  };
}
