import { createCore, type Core } from '../../src/core/create-core.ts';
import { runOnce } from '../../src/core/engine-client/evaluate.ts';
import { allowedCpuNumbers } from '../../src/core/measure/allowed-cpus.ts';
import { defaultWarmUp } from '../../src/core/measure/measuring-rules.ts';
import { processMeanInterval } from '../../src/core/stats/between-process.ts';
import type { MeasureTask } from '../../src/engine/protocol.ts';
import { startEngineSession } from './engine-session.ts';
import { formatMilliseconds, lockMachine, plainFigure } from './part.ts';
import type { Figure, PartOptions, PerformancePart } from './part.ts';
import { findPython, pythonInstall, startPythonSession, type TimedBlock } from './python-session.ts';
import { keepFirstFeed, prepareTask, sumOutputs } from './tasks.ts';

const models = ['mlp-tabular', 'mobilenet-v2', 'resnet50', 'bert-base'];
const targetRatio = 1.02;
/** Below this a call's fixed cost decides, which differs between languages; such models have no target. */
const targetFromMs = 1;
const minBlockS = 2;
const minQueriesPerBlock = 20;
const minSettleS = 0.25;
/** Sums over outputs agree within this share; the order of additions may differ between builds. */
const outputTolerance = 1e-3;

interface Comparison {
  engine: TimedBlock[];
  python: TimedBlock[];
}

/** Latency of models in the engine against the official Python package with the same options, interleaved. */
export const harness: PerformancePart = {
  id: 'harness',
  title: 'Latency against the official Python package',
  async run(options) {
    if (process.platform === 'win32')
      return { state: 'skipped', reason: 'Windows cannot freeze a process between blocks.' };
    const found = await findPython();
    if ('reason' in found) return { state: 'skipped', reason: found.reason };
    using core = createCore({ dataDirectory: options.dataDirectory });
    using _lock = await lockMachine(options);
    const figures: Figure[] = [];
    const allThreads = Math.max(1, allowedCpuNumbers().length);
    for (const model of models) {
      for (const threads of new Set([1, allThreads])) {
        const what = `${model}, ${threads} thread${threads === 1 ? '' : 's'}`;
        const say = (line: string): void => options.say(`${what}: ${line}`);
        const figure = toFigure(what, await compare(core, found.interpreter, model, threads, { ...options, say }));
        say(figure.figure);
        figures.push(figure);
        if (figure.met !== false || found.library === null) continue;
        // Whether the harness or the build of the library is slower is not known before both sides have the same one.
        const environment = { LD_PRELOAD: found.library };
        const same = await compare(core, found.interpreter, model, threads, { ...options, say }, environment);
        const { figure: control } = toFigure(what, same);
        say(`with the same library: ${control}`);
        figures.push(plainFigure(`${what}, the package's library in both`, control));
      }
    }
    return { state: 'measured', figures, notes };
  },
};

const notes = [
  `Ratio of the median latency of the engine over that of Python's \`onnxruntime\` of the same version (\`${pythonInstall}\`): one .onnx file, one file of 64 inputs taken in rotation, the same threads, affinities, graph optimization and sequential execution, both from call to outputs in host memory. The ratio is the geometric mean over pairs of neighbouring blocks, its 95 % interval Student's t. The verdict goes by the ratio itself.`,
  `Either side has one warm session for the whole comparison. Blocks follow each other in the order ABBA and the other side is frozen or waiting meanwhile; the beginning of each block is not counted. Models under ${targetFromMs} ms have no target, because a call from JavaScript costs a few microseconds more than one from Python.`,
  'The npm package and the Python package contain different builds of ONNX Runtime. Where the target is missed, the comparison is repeated with the library of the Python package loaded into the engine as well, which leaves the harness as the only difference.',
];

async function compare(
  core: Core,
  interpreter: string,
  model: string,
  threads: number,
  { quick, blocks, say }: PartOptions,
  environment: Readonly<Record<string, string>> = {},
): Promise<Comparison> {
  const prepared = await prepareTask(core, model, threads);
  const task = { ...prepared, warmUp: quick ? { ...defaultWarmUp, minS: 0.5, maxS: 1 } : defaultWarmUp };
  const { latencyS, entries } = await tryOut(core, task);
  const settleS = Math.max(minSettleS, 1.5 * latencyS);
  const blockS = Math.max(quick ? 0.5 : minBlockS, (quick ? 5 : minQueriesPerBlock) * latencyS);
  const engineSums = await sumOutputs(core, task);

  await using engine = await startEngineSession(core.spawn, task, environment);
  const { modelPath } = task.session;
  using python = await startPythonSession(interpreter, { modelPath, threads, entries, inputs: task.inputs });
  requireSameOutputs(engineSums, python.outputSums);
  await python.timeBlock(quick ? 0.5 : Math.max(2, 10 * latencyS), blockS);

  const timed: TimedBlock[] = [];
  say(`${blocks} blocks of ${blockS.toFixed(1)} s on either side`);
  for (let block = 0; block < blocks; block++) {
    const engineFirst = block % 2 === 0;
    if (engineFirst) await engine.runBlock(settleS, blockS);
    timed.push(await python.timeBlock(settleS, blockS));
    if (!engineFirst) await engine.runBlock(settleS, blockS);
  }
  return { engine: await engine.finish(), python: timed };
}

/** One short measurement on one input: how long a query takes, and the entries that ONNX Runtime was really given. */
async function tryOut(core: Core, task: MeasureTask) {
  const inputs = await keepFirstFeed(task.inputs);
  const warmUp = { minRuns: 1, minS: 0, maxS: 0.1, tolerance: 1 };
  const result = await runOnce(core.spawn, { ...task, inputs, minDurationS: 0.5, minQueries: 2, warmUp });
  const { extra } = result.sessionOptions as { extra?: Record<string, string> };
  return { latencyS: result.durationNs / result.queries / 1e9, entries: extra ?? {} };
}

/** Different outputs for the same input would mean that the two sides do not do the same work. */
function requireSameOutputs(engine: Readonly<Record<string, number>>, python: Readonly<Record<string, number>>): void {
  const names = new Set([...Object.keys(engine), ...Object.keys(python)]);
  for (const name of names) {
    const [ours, theirs] = [engine[name] ?? Number.NaN, python[name] ?? Number.NaN];
    if (!(Math.abs(ours - theirs) <= outputTolerance * Math.abs(theirs))) {
      throw new Error(`The output ${name} sums up to ${ours} in the engine and to ${theirs} in Python`);
    }
  }
}

function toFigure(what: string, { engine, python }: Comparison): Figure {
  const logRatios = Float64Array.from(engine, ({ medianNs }, index) => Math.log(medianNs / python[index]!.medianNs));
  const { mean, low, high } = processMeanInterval(logRatios, 0.95);
  const [ratio, least, most] = [mean, low ?? Number.NaN, high ?? Number.NaN].map((value) => Math.exp(value).toFixed(3));
  const [engineMs, pythonMs] = [engine, python].map((blocks) => {
    const logs = blocks.map(({ medianNs }) => Math.log(medianNs));
    return Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length) / 1e6;
  }) as [number, number];
  const figure = `${ratio} (${least} to ${most}); ${formatMilliseconds(engineMs)} over ${formatMilliseconds(pythonMs)}`;
  if (pythonMs < targetFromMs) return plainFigure(what, figure);
  return { what, target: `ratio at most ${targetRatio}`, figure, met: Math.exp(mean) <= targetRatio };
}
