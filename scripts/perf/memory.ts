import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCore, type Core } from '../../src/core/create-core.ts';
import { runOnce } from '../../src/core/engine-client/evaluate.ts';
import { plainSession } from '../../src/core/engine-client/session-config.ts';
import { createSampleCollector } from '../../src/core/measure/collect-samples.ts';
import { resolveModel } from '../../src/core/models/resolve-model.ts';
import { packageRoot, resourcePath } from '../../src/core/resources.ts';
import type { MeasureTask } from '../../src/engine/protocol.ts';
import { medianOf } from '../../src/engine/timing/clock.ts';
import { commandLine } from './command-line.ts';
import { formatMegabytes, limitedFigure, lockMachine, plainFigure } from './part.ts';
import type { Figure, PartOptions, PerformancePart } from './part.ts';
import { followPeak } from './process-memory.ts';

const model = 'mlp-tabular';
const coreLimitBytes = 150e6;
const enginePerMillionLimitBytes = 32e6;
const manySamples = 1_000_000;
const fewSamples = 1_024;
const fullRepeats = 3;

/** Memory of the process that the user starts, and what samples cost in the process that measures. */
export const memory: PerformancePart = {
  id: 'memory',
  title: 'Memory while measuring',
  async run(options) {
    if (process.platform !== 'linux')
      return { state: 'skipped', reason: 'The peak memory of a process is read from /proc.' };
    using core = createCore({ dataDirectory: options.dataDirectory });
    return {
      state: 'measured',
      figures: [...(await measureCore(core, options)), ...(await measureSamples(core, options))],
      notes: [
        'Core: high-water mark of the resident size of the command line as `npm run inferometer` starts it, from its start to its end; the engine is another process.',
        `Samples: an identity graph is run ${manySamples.toLocaleString('en')} times in a fresh engine, once keeping the stamps of every query and once those of ${fewSamples.toLocaleString('en')}; the difference of the two high-water marks, median of the repetitions. It is the shortest query there is, so that stamps come faster than in any model.`,
      ],
    };
  },
};

/** One run by the command line. */
async function measureCore(core: Core, { quick, say }: PartOptions): Promise<Figure[]> {
  // Built beforehand: building is a part of its own.
  await resolveModel(model, core);
  const grade = quick ? 'quick' : 'reference';
  say(`${model} at grade ${grade} by the command line`);
  const args = ['--data-dir', core.directory.root, 'run', model, '--grade', grade, '--wait', '--json'];
  const child = spawn(process.execPath, [...(await commandLine()), ...args], {
    cwd: packageRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  let errors = '';
  let answer = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  using follow = followPeak(child.pid ?? 0);
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  process.off('exit', end);
  // 3 says that the result is INVALID, as on a busy machine; that has no bearing on memory.
  if (child.exitCode !== 0 && child.exitCode !== 3)
    throw new Error(`The run failed: ${errors.trim() || answer.trim()}`);
  return [
    limitedFigure(`core, ${model} at grade ${grade}`, follow.peakBytes(), coreLimitBytes, formatMegabytes),
    plainFigure('kept samples of that run', keptSamples(core)),
  ];
}

/** Samples of the newest run in the data directory. */
function keptSamples({ storage }: Core): string {
  const [newest] = storage.runs.list({ limit: 1 }).items;
  const cell = newest === undefined ? undefined : storage.cells.ofRun(newest.id)[0];
  if (cell?.outcome.state !== 'completed') throw new Error('The run stored no measurement');
  return cell.outcome.measurement.summary.kept.toLocaleString('en');
}

async function measureSamples(core: Core, { quick, say, workspace }: PartOptions): Promise<Figure[]> {
  using _lock = await lockMachine({ say });
  const inputs = join(workspace, 'identity.bin');
  await writeFile(inputs, new Uint8Array(4));
  const differences: number[] = [];
  const ends: number[] = [];
  for (let repeat = 0; repeat < (quick ? 1 : fullRepeats); repeat++) {
    const many = await peakOfEngine(core, inputs, manySamples);
    const few = await peakOfEngine(core, inputs, fewSamples);
    say(`engine: ${formatMegabytes(many)} with all samples, ${formatMegabytes(few)} with few`);
    differences.push((many - few) / (manySamples / 1e6));
    ends.push(many);
  }
  const perMillion = medianOf(differences);
  return [
    limitedFigure('engine, per million kept samples', perMillion, enginePerMillionLimitBytes, formatMegabytes),
    plainFigure(`engine, with ${manySamples.toLocaleString('en')} samples kept`, formatMegabytes(medianOf(ends))),
  ];
}

async function peakOfEngine(core: Core, inputs: string, maxKept: number): Promise<number> {
  const identityModel = resourcePath('engine', 'identity.onnx');
  const task: MeasureTask = {
    kind: 'measure',
    session: plainSession(identityModel, { threads: 1 }),
    inputs: { path: inputs, feeds: 1, tensors: [{ name: 'x', type: 'float32', dims: [1], byteLength: 4 }] },
    scenario: 'single-stream',
    batch: 1,
    batchOutput: null,
    minDurationS: 0.001,
    minQueries: manySamples,
    warmUp: { minRuns: 10, minS: 0.2, maxS: 0.2, tolerance: 0.05 },
    maxKept,
    identityModel,
  };
  const collector = createSampleCollector();
  const result = await runOnce(core.spawn, task, { onSamples: (block) => collector.add(block) });
  const isFew = maxKept < manySamples;
  if (isFew ? collector.count() > maxKept : collector.count() !== maxKept) {
    throw new Error(`${collector.count()} samples arrived where ${maxKept} were to be kept`);
  }
  return result.peakRssBytes;
}
