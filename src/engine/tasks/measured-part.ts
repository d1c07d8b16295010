import type { MeasureTask } from '../protocol.ts';
import type { Load, LoadScenario, RecordQuery, ScenarioResult } from '../scenarios/scenario.ts';
import { nowNs, toSystemNs } from '../timing/clock.ts';
import type { TaskChannel } from './channel.ts';
import { progressEveryNs } from './rotation.ts';
import { createStampBlocks } from './stamps.ts';

/** Stamps leave for the core at least this often. */
const flushEveryNs = 1e9;

/** What the measured part gives, besides the stamps that it sends. */
export interface Measured extends ScenarioResult {
  queries: number;
  keptEvery: number;
  durationNs: number;
  startedAtNs: bigint;
}

/** Every how many records are kept, fixed before the first: 10 % in reserve, since warm-up only estimates a latency. */
function chooseKeptEvery(task: MeasureTask, expectedNs: number): number {
  const predicted = task.load?.arrivalsNs.length ?? Math.max(task.minQueries, (task.minDurationS * 1e9) / expectedNs);
  return predicted > task.maxKept ? Math.ceil((1.1 * predicted) / task.maxKept) : 1;
}

/** The measured part: every record is timed and counted; the stamps of every `keptEvery`-th query are kept. */
export async function runMeasuredPart(
  task: MeasureTask,
  channel: TaskChannel,
  scenario: LoadScenario,
  load: Load,
  expectedNs: number,
): Promise<Measured> {
  const minDurationNs = task.minDurationS * 1e9;
  const keptEvery = chooseKeptEvery(task, expectedNs);
  const isScheduled = scenario.loop === 'open';
  const stamps = createStampBlocks(scenario.scheduled, (message) => {
    channel.send(message);
  });
  const startNs = nowNs();
  let queries = 0;
  let kept = 0;
  let endNs = startNs;
  let lastProgressNs = startNs;
  let lastFlushNs = startNs;
  let hasEnough = false;

  /** Engines that work at once go on until all have enough, so that none measures while another rests. */
  function isWanted(elapsedNs: number): boolean {
    if (channel.isCancelled()) return false;
    if (isScheduled || elapsedNs < minDurationNs || queries < task.minQueries) return true;
    if (task.together !== true) return false;
    if (!hasEnough) channel.reach('enough');
    hasEnough = true;
    return !channel.hasPassed('enough');
  }

  const record: RecordQuery = (scheduledNs, issuedNs, completedNs) => {
    const isKept = Math.floor(queries / load.recordsPerQuery) % keptEvery === 0;
    if (isKept && kept < task.maxKept) {
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
        latestLatencyNs: completedNs - (isScheduled ? (scheduledNs ?? issuedNs) : issuedNs),
      });
      if (completedNs - lastFlushNs >= flushEveryNs) {
        lastFlushNs = completedNs;
        stamps.flush();
      }
    }
    return isWanted(elapsedNs);
  };
  const own = await load.run({ expectedNs, record });
  stamps.flush();
  return { queries, keptEvery, durationNs: endNs - startNs, startedAtNs: toSystemNs(startNs), ...own };
}
