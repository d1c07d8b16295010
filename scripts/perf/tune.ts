import { createCore, type Core } from '../../src/core/create-core.ts';
import { runPlan } from '../../src/core/measure/run-plan.ts';
import type { RunId } from '../../src/shared/domain/ids.ts';
import type { Plan } from '../../src/shared/domain/plan.ts';
import type { CellRecord } from '../../src/shared/domain/run.ts';
import { readMerit } from '../../src/shared/matrix/merit.ts';
import { readTuning } from '../../src/shared/matrix/tuning.ts';
import { formatDuration, formatReading } from '../../src/shared/units.ts';
import { lockMachine, plainFigure, type Figure, type PerformancePart } from './part.ts';

/** Models and the batches that are searched among: one whose call costs more than its work, and two of images. */
const subjects: readonly { model: string; batches: number[] }[] = [
  { model: 'mlp-tabular', batches: [1, 4, 16, 64, 128, 256, 512, 1024] },
  { model: 'digits-cnn', batches: [1, 2, 4, 8, 16, 32, 64, 128] },
  { model: 'mobilenet-v2', batches: [1, 2, 3, 4, 6, 8, 12, 16] },
];
const largestDistance = 0.05;
const largestShare = 0.25;

interface Outcome {
  model: string;
  exhaustiveS: number;
  tunedS: number;
  best: number;
  found: number;
  candidates: number;
  trials: number;
  /** Results of the exhaustive run that are INVALID. */
  invalid: number;
  gain: string;
  winner: string;
}

/** The search for the best configuration against measuring all of them. */
export const tunedModels: PerformancePart = {
  id: 'tune',
  title: 'Searching the best configuration against measuring all',
  async run({ quick, dataDirectory, say }) {
    using core = createCore({ dataDirectory });
    using lock = await lockMachine({ say });
    const outcomes: Outcome[] = [];
    for (const { model, batches } of quick ? subjects.slice(0, 1) : subjects) {
      const plan = toPlan(model, quick ? batches.slice(0, 2) : batches);
      const outcome = await compare(core, lock, plan, model);
      outcomes.push(outcome);
      say(`${model}: all in ${formatDuration(outcome.exhaustiveS)}, searched in ${formatDuration(outcome.tunedS)}`);
    }
    return { state: 'measured', figures: outcomes.flatMap(toFigures), notes };
  },
};

const notes = [
  'Throughput over batches and threads (1, and one per core), quick grade. Every configuration is measured in full first, then the search begins anew and knows nothing of it. How far the configuration that it chose lies below the best is read from the first of the two, so that both numbers are of one run and the change of the machine between the two runs is in neither. The time of the search contains the trials, and the winner and the defaults in full.',
  "The gain is over ONNX Runtime's defaults: batch 1, one thread per core, one process.",
];

function toPlan(model: string, batches: number[]): Plan {
  return {
    models: [model],
    providers: ['cpu'],
    scenario: 'offline',
    batches,
    threads: [1, 0],
    grade: 'quick',
    seed: 0,
    dims: {},
    inputs: null,
    repeats: 1,
  };
}

async function compare(core: Core, lock: Disposable, plan: Plan, model: string): Promise<Outcome> {
  const all = await timed(() => runPlan(plan, core, { lock }));
  const search: Plan = { ...plan, search: { kind: 'tune', objective: 'throughput' } };
  const tuned = await timed(() => runPlan(search, core, { lock }));
  const cells = core.storage.cells.ofRun(all.runId);
  const tuning = readTuning(search, core.storage.cells.ofRun(tuned.runId));
  const found = tuning?.winner ?? tuning?.confirmed[0];
  if (tuning === null || found === undefined) throw new Error(`The search for ${model} found nothing`);
  const { config } = found.cell;
  const chosen = cells.find((cell) => cell.config.batch === config.batch && cell.config.threads === config.threads);
  if (chosen === undefined) throw new Error(`The search for ${model} left the space`);
  const gain = tuning.gain === null ? null : formatReading(tuning.gain);
  return {
    model,
    exhaustiveS: all.seconds,
    tunedS: tuned.seconds,
    best: Math.max(...cells.map(meritOf)),
    found: meritOf(chosen),
    candidates: tuning.candidates,
    trials: tuning.trials,
    invalid: cells.filter(({ outcome }) => outcome.state === 'completed' && outcome.validity.verdict === 'INVALID')
      .length,
    gain:
      gain === null
        ? 'none: the defaults are best, or a result is INVALID'
        : `${gain.text} (${gain.interval ?? 'no interval'})`,
    winner: `batch ${config.batch}, ${config.threads === 0 ? 'one thread per core' : '1 thread'}`,
  };
}

async function timed(work: () => Promise<RunId>): Promise<{ runId: RunId; seconds: number }> {
  const startMs = performance.now();
  const runId = await work();
  return { runId, seconds: (performance.now() - startMs) / 1000 };
}

/** Also of results that are INVALID because the machine was restless: the surface is looked at, and nobody quotes them. */
function meritOf({ config, outcome }: CellRecord): number {
  if (outcome.state !== 'completed') return 0;
  return readMerit(outcome.measurement, config.provider, 'throughput', undefined)?.value ?? 0;
}

function toFigures({
  model,
  exhaustiveS,
  tunedS,
  best,
  found,
  candidates,
  trials,
  invalid,
  gain,
  winner,
}: Outcome): Figure[] {
  const distance = Math.max(0, 1 - found / best);
  const share = tunedS / exhaustiveS;
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  return [
    {
      what: `${model}: below the best of all ${candidates}`,
      target: `at most ${percent(largestDistance)}`,
      figure: percent(distance),
      met: distance <= largestDistance,
    },
    {
      what: `${model}: time of measuring all that the search took`,
      target: `at most ${percent(largestShare)}`,
      figure: `${percent(share)} (${formatDuration(tunedS)} of ${formatDuration(exhaustiveS)}, ${trials} trials)`,
      met: share <= largestShare,
    },
    plainFigure(`${model}: INVALID among all, by a restless machine`, String(invalid)),
    plainFigure(`${model}: gain over the defaults`, `${gain}, with ${winner}`),
  ];
}
