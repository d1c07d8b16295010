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
  'Throughput over batches and threads (1, and one per core), quick grade. Every configuration is measured in full first, then the search begins anew and knows nothing of it. The result of the search is that of its winner measured in full once more, so both numbers of a pair are as far apart as two measurements of one configuration are, besides. The time of the search contains the trials, the winner and the defaults in full.',
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
  const merits = core.storage.cells.ofRun(all.runId).map(meritOf);
  const tuning = readTuning(search, core.storage.cells.ofRun(tuned.runId));
  if (tuning?.winner?.merit == null) throw new Error(`The search for ${model} found nothing`);
  const { cell, merit } = tuning.winner;
  const gain = tuning.gain === null ? null : formatReading(tuning.gain);
  return {
    model,
    exhaustiveS: all.seconds,
    tunedS: tuned.seconds,
    best: Math.max(...merits),
    found: merit.value,
    candidates: tuning.candidates,
    trials: tuning.trials,
    gain: gain === null ? 'the defaults are best' : `${gain.text} (${gain.interval ?? 'no interval'})`,
    winner: `batch ${cell.config.batch}, ${cell.config.threads === 0 ? 'one thread per core' : '1 thread'}`,
  };
}

async function timed(work: () => Promise<RunId>): Promise<{ runId: RunId; seconds: number }> {
  const startMs = performance.now();
  const runId = await work();
  return { runId, seconds: (performance.now() - startMs) / 1000 };
}

function meritOf({ config, outcome }: CellRecord): number {
  if (outcome.state !== 'completed' || outcome.validity.verdict === 'INVALID') return 0;
  return readMerit(outcome.measurement, config.provider, 'throughput', undefined)?.value ?? 0;
}

function toFigures({ model, exhaustiveS, tunedS, best, found, candidates, trials, gain, winner }: Outcome): Figure[] {
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
    plainFigure(`${model}: gain over the defaults`, `${gain}, with ${winner}`),
  ];
}
