import type { MeasureTask } from '../protocol.ts';
import type { Feeds } from '../runtime/input-file.ts';
import type { Load, PacedScenario, ScenarioParts } from '../scenarios/scenario.ts';
import { medianOf } from '../timing/clock.ts';
import type { TaskChannel } from './channel.ts';
import { createRotation, warmUpRotation, type Rotation } from './rotation.ts';

/** Queries of each arm of the caching check, which is left out where it would take longer than this. */
const cachingQueries = 32;
const longestCheckNs = 10e9;

/** The load of a scenario whose queries are calls on the rotation of inputs. */
export function createRotatingLoad(scenario: PacedScenario, { task, session, feeds, channel }: ScenarioParts): Load {
  const rotation = createRotation(session, feeds, task.batchOutput, task.load?.maxBatch);
  const { issue } = rotation;
  const { isCancelled } = channel;
  return {
    first: () => issue(),
    issue,
    recordsPerQuery: 1,
    warmUp: () => warmUpSizes(task, channel, rotation),
    run: (context) => scenario.run({ task, issue, isCancelled, ...context }),
    executedBatch: rotation.executedBatch,
    outputBytes: rotation.outputBytes,
    async check(expectedNs) {
      const isShort = expectedNs * cachingQueries * 2 < longestCheckNs;
      return { cachingRatio: isShort ? await checkCaching(feeds, rotation) : null };
    },
  };
}

/**
 * A new shape is a new warm-up: single queries and the largest batch until they are steady, the sizes between for the
 * rule's fewest runs, in which whatever is chosen or allocated for a shape is.
 */
async function warmUpSizes({ warmUp, load }: MeasureTask, channel: TaskChannel, rotation: Rotation) {
  const alone = await warmUpRotation(warmUp, channel, rotation);
  let { runs, durationNs, steady } = alone;
  const maxBatch = load?.maxBatch ?? 1;
  for (let count = 2; count <= maxBatch; count++) {
    const rule = count === maxBatch ? warmUp : { ...warmUp, minS: 0, maxS: 0 };
    const warm = await warmUpRotation(rule, channel, rotation, { count });
    runs += warm.runs;
    durationNs += warm.durationNs;
    if (count === maxBatch) steady &&= warm.steady;
  }
  return { runs, durationNs, steady, medianNs: alone.medianNs };
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
