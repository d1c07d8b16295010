import { createCore } from '../../src/core/create-core.ts';
import { allowedCpuNumbers } from '../../src/core/measure/allowed-cpus.ts';
import { defaultWarmUp } from '../../src/core/measure/measuring-rules.ts';
import { sensorsEveryMs, watchSensors } from '../../src/core/measure/watch-sensors.ts';
import { processMeanInterval } from '../../src/core/stats/between-process.ts';
import { openSensors } from '../../src/core/telemetry/open-sensors.ts';
import { startEngineSession } from './engine-session.ts';
import { formatMilliseconds, lockMachine, plainFigure, type Figure, type PerformancePart } from './part.ts';
import type { TimedBlock } from './python-session.ts';
import { prepareTask } from './tasks.ts';

const model = 'resnet50';
const target = 0.01;
/** Long enough for ten readings and a median of a hundred queries. */
const blockS = 5;
const settleS = 0.5;

/** Latency of a model with and without the sensors being read beside it, in blocks of one session. */
export const sensorSampling: PerformancePart = {
  id: 'sensors',
  title: 'What reading the sensors does to the latency',
  async run(options) {
    if (process.platform === 'win32')
      return { state: 'skipped', reason: 'Windows cannot freeze a process between blocks.' };
    const { quick, blocks, dataDirectory, say } = options;
    using core = createCore({ dataDirectory });
    using _lock = await lockMachine(options);
    const allowedCpus = allowedCpuNumbers();
    const prepared = await prepareTask(core, model, 0);
    const task = { ...prepared, warmUp: quick ? { ...defaultWarmUp, minS: 0.5, maxS: 1 } : defaultWarmUp };
    await using engine = await startEngineSession(core.spawn, task);
    await using watch = await watchSensors(
      { config: { provider: 'cpu', threads: 0 }, allowedCpus, software: null },
      openSensors,
    );
    watch.setEngines([engine.pid]);
    const there = watch.found.filter(({ found }) => found.status === 'present').map(({ label }) => label);
    const runBlock = async (process: number, isWatched: boolean): Promise<void> => {
      if (isWatched) watch.progressed({ stage: 'measured', process, elapsedNs: 0 });
      await engine.runBlock(settleS, quick ? 1 : blockS);
      watch.progressed({ stage: 'checks', process, elapsedNs: 0 });
    };
    say(`${blocks} pairs of blocks of ${quick ? 1 : blockS} s, ${there.length} sensors`);
    for (let pair = 0; pair < blocks; pair++) {
      // ABBA: whatever drifts, drifts through both alike.
      const isWatchedFirst = pair % 2 === 0;
      await runBlock(2 * pair, isWatchedFirst);
      await runBlock(2 * pair + 1, !isWatchedFirst);
    }
    const readings = [...watch.telemetry().values()].reduce((sum, { elapsedNs }) => sum + elapsedNs.length, 0);
    const figures = describe(await engine.finish(), readings);
    return {
      state: 'measured',
      figures,
      notes: [
        `One warm session of ${model} with ONNX Runtime's own choice of threads; the sensors are read every ${sensorsEveryMs} ms by this process in one block of each pair, as while a run measures. Blocks follow each other in the order ABBA, and the engine is frozen between them.`,
        `Read here: ${there.join(', ')}. A machine that shows more has more to read.`,
      ],
    };
  },
};

/** The first block of even pairs and the second of odd ones were watched. */
function describe(timed: readonly TimedBlock[], readings: number): Figure[] {
  const pairs = Array.from({ length: timed.length / 2 }, (_, pair) => {
    const [first, second] = [timed[2 * pair]!, timed[2 * pair + 1]!];
    return pair % 2 === 0 ? { watched: first, alone: second } : { watched: second, alone: first };
  });
  const logRatios = Float64Array.from(pairs, ({ watched, alone }) => Math.log(watched.medianNs / alone.medianNs));
  const { mean, low, high } = processMeanInterval(logRatios, 0.95);
  const change = Math.exp(mean) - 1;
  const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
  const bounds =
    low === null || high === null ? '' : ` (${percent(Math.exp(low) - 1)} to ${percent(Math.exp(high) - 1)})`;
  const middle = (pick: (pair: (typeof pairs)[number]) => TimedBlock): string => {
    const sorted = pairs.map((pair) => pick(pair).medianNs).toSorted((one, other) => one - other);
    return formatMilliseconds((sorted[sorted.length >> 1] ?? Number.NaN) / 1e6);
  };
  return [
    {
      what: `change of the median of ${model} by reading the sensors, ${pairs.length} pairs`,
      target: `at most ${percent(target)}`,
      figure: `${percent(change)}${bounds}`,
      met: Math.abs(change) <= target,
    },
    plainFigure(
      'median of a block, with and without',
      `${middle(({ watched }) => watched)}, ${middle(({ alone }) => alone)}`,
    ),
    plainFigure('readings that were taken', String(readings)),
  ];
}
