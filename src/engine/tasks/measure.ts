import type { MeasureResult, MeasureTask } from '../protocol.ts';
import { readInputFile, type Feeds } from '../runtime/input-file.ts';
import { countThreads, loadedGpuLibraries, peakResidentBytes } from '../runtime/own-process.ts';
import { openSession } from '../runtime/session.ts';
import { scenarios } from '../scenarios/registry.ts';
import { medianOf, nowNs } from '../timing/clock.ts';
import { measureHarness } from '../timing/harness.ts';
import type { TaskChannel } from './channel.ts';
import { createRotation, progressEveryNs, warmUpRotation, type Rotation } from './rotation.ts';
import { createStampBlocks } from './stamps.ts';

/** Stamps leave for the core at least this often. */
const flushEveryNs = 1e9;
/** Queries of each arm of the caching check. */
const cachingQueries = 32;

/** The measured part: every query is timed and counted; the stamps of every `keptEvery`-th are kept. */
async function measurePart(task: MeasureTask, channel: TaskChannel, rotation: Rotation, expectedNs: number) {
  const minDurationNs = task.minDurationS * 1e9;
  const predictedQueries = Math.max(task.minQueries, minDurationNs / expectedNs);
  // 10 % in reserve, since the median of warm-up is only an estimate.
  const keptEvery = predictedQueries > task.maxKept ? Math.ceil((1.1 * predictedQueries) / task.maxKept) : 1;
  const scenario = scenarios[task.scenario];
  const stamps = createStampBlocks(scenario.loop === 'open', (message) => {
    channel.send(message);
  });
  const startNs = nowNs();
  let queries = 0;
  let kept = 0;
  let endNs = startNs;
  let lastProgressNs = startNs;
  let lastFlushNs = startNs;

  await scenario.run(rotation.issue, (scheduledNs, issuedNs, completedNs) => {
    if (queries % keptEvery === 0 && kept < task.maxKept) {
      stamps.add((scheduledNs ?? issuedNs) - startNs, issuedNs - startNs, completedNs - startNs);
      kept++;
    }
    queries++;
    endNs = completedNs;
    const elapsedNs = completedNs - startNs;
    if (completedNs - lastProgressNs >= progressEveryNs) {
      lastProgressNs = completedNs;
      const meanNs = elapsedNs / queries;
      channel.send({
        type: 'progress',
        stage: 'measured',
        queries,
        elapsedNs,
        remainingNs: Math.max(0, minDurationNs - elapsedNs, (task.minQueries - queries) * meanNs),
        latestLatencyNs: completedNs - (scheduledNs ?? issuedNs),
      });
      if (completedNs - lastFlushNs >= flushEveryNs) {
        lastFlushNs = completedNs;
        stamps.flush();
      }
    }
    return !channel.isCancelled() && (elapsedNs < minDurationNs || queries < task.minQueries);
  });
  stamps.flush();
  return { queries, keptEvery, durationNs: endNs - startNs };
}

/**
 * One sample again and again against the rotation, alternating so that drift hits both alike: ratio of medians.
 * Under 0.9 the runtime or the hardware answers from a cache (MLPerf's TEST04 asks the same).
 */
async function checkCaching(feeds: readonly Feeds[], rotation: Rotation): Promise<number | null> {
  const first = feeds[0];
  if (first === undefined || feeds.length < 4) return null;
  const repeated: number[] = [];
  const rotated: number[] = [];
  for (let block = 0; block < 4; block++) {
    for (let query = 0; query < cachingQueries / 4; query++) {
      const stamps = await rotation.issue();
      rotated.push(stamps.completedNs - stamps.issuedNs);
    }
    // The first of a block still finds the caches as the rotation left them.
    await rotation.run(first);
    for (let query = 0; query < cachingQueries / 4; query++) {
      const stamps = await rotation.run(first);
      repeated.push(stamps.completedNs - stamps.issuedNs);
    }
  }
  return medianOf(repeated) / medianOf(rotated);
}

/** Threads that compute: what was asked for, or what the session started besides the calling thread. */
function intraOpThreads(asked: number, before: number | null, after: number | null): number | null {
  if (asked > 0) return asked;
  return before === null || after === null ? null : 1 + after - before;
}

/**
 * Measures one configuration: session creation, first inference, warm-up until steady and the measured part are
 * timed apart; reading inputs and the checks afterwards are in none of them. Latency is host to host: from the call
 * with inputs in host memory to outputs readable in host memory.
 */
export async function measure(task: MeasureTask, channel: TaskChannel): Promise<MeasureResult> {
  const feeds = readInputFile(task.inputs);
  const rssBeforeBytes = process.memoryUsage.rss();
  channel.enterStage('session');
  const threadsBefore = countThreads();
  const creationStartNs = nowNs();
  await using open = await openSession(task.session);
  const sessionCreationNs = nowNs() - creationStartNs;
  const threadsUsed = intraOpThreads(task.session.threads, threadsBefore, countThreads());

  channel.enterStage('first');
  const rotation = createRotation(open.session, feeds, task.batchOutput);
  const first = await rotation.issue();

  channel.enterStage('warm-up');
  const warm = await warmUpRotation(task.warmUp, channel, rotation);

  let measured = { queries: 0, keptEvery: 1, durationNs: 0 };
  if (!channel.isCancelled()) {
    channel.enterStage('measured');
    measured = await measurePart(task, channel, rotation, warm.medianNs);
  }
  const cancelled = channel.isCancelled();
  channel.enterStage('checks');
  const peak = peakResidentBytes();
  const meanNs = measured.durationNs / Math.max(1, measured.queries);
  // Skipped where it would take longer than a few seconds, as for very large batches.
  const cachingRatio = !cancelled && meanNs * cachingQueries * 2 < 10e9 ? await checkCaching(feeds, rotation) : null;
  return {
    kind: 'measure',
    cancelled,
    sessionCreationNs,
    firstInferenceNs: first.completedNs - first.issuedNs,
    warmUp: { runs: warm.runs, durationNs: warm.durationNs, steady: warm.steady },
    ...measured,
    executedBatch: rotation.executedBatch(),
    outputBytes: rotation.outputBytes(),
    cachingRatio,
    rssBeforeBytes,
    peakRssBytes: peak,
    sessionOptions: { ...open.options },
    threadsUsed,
    libraries: loadedGpuLibraries(),
    harness: cancelled ? null : await measureHarness(task.identityModel, rotation.outputBytes()),
  };
}
