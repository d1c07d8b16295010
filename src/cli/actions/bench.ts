import type { Core } from '../../core/create-core.ts';
import { adviseOnMachine } from '../../core/doctor/advise.ts';
import { probeProvider } from '../../core/engine-client/probe-provider.ts';
import { invocation } from '../../core/invocation.ts';
import { estimatePlan } from '../../core/measure/estimate.ts';
import { expandPlan } from '../../core/measure/expand-plan.ts';
import { acquireLock } from '../../core/measure/lock.ts';
import { runPlan } from '../../core/measure/run-plan.ts';
import { resolveModel } from '../../core/models/resolve-model.ts';
import type { Plan, ScenarioId } from '../../shared/domain/plan.ts';
import type { ProviderReport } from '../../shared/domain/provider.ts';
import { InferometerError } from '../../shared/errors.ts';
import { formatDuration, formatQuantity } from '../../shared/units.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import { printColumns, type Cell } from '../output/columns.ts';
import type { BenchData, Exported, RunData } from '../output/documents.ts';
import { printMachineSummary } from '../output/machine.ts';
import { printProblems } from '../output/problems.ts';
import { describeConfig, printOverview } from '../output/results.ts';
import { toOverride } from './arguments.ts';
import { exportToFile } from './export.ts';
import { measureVisibly, toRunExitCode } from './measuring.ts';
import { createTimeBudget, type TimeBudget } from './time-budget.ts';

/** A larger model takes up to this many times as long to build as the first, at a guess that later builds correct. */
const buildFactor = 3.5;

/** Above the budget a configuration that is being measured is stopped. */
const graceS = 5;

const sweep = { model: 'mobilenet-v2', batches: [1, 2, 4, 8] } as const;
/** One small trained network whose accuracy can be told, two of images and one of text. */
const latencyModels = ['digits-cnn', 'mobilenet-v2', 'resnet50', 'distilbert'] as const;

const titles: Readonly<Partial<Record<ScenarioId, string>>> = {
  offline: 'Offline, over batch sizes',
  'single-stream': 'Single stream',
};

export interface BenchOptions {
  wait: boolean;
  /** Seconds for everything but waiting; what does not fit is left out and named. */
  budget: number;
  override?: unknown;
}

type Skipped = BenchData['skipped'][number];

/** What the steps of a bench share. */
interface Bench {
  host: CommandHost;
  core: Core;
  budget: TimeBudget;
  /** Held from before the first probe until the last result: building a model is a load like any other. */
  lock: Disposable;
  skipped: Skipped[];
}

/**
 * Measures this machine with built-in models: throughput of one over batch sizes, then latency of several. The sweep
 * goes first, because its rate tells how long the larger models will take here.
 */
export async function bench(host: CommandHost, options: BenchOptions): Promise<CommandResult> {
  const override = toOverride(options.override);
  const { terminal, signal } = host;
  const core = await host.openCore();
  using lock = await acquireLock({
    wait: options.wait,
    signal,
    onWaiting: ({ pid }) => terminal.note(`Waiting for the measurement of process ${pid} to end.`),
  });
  // Waiting for another measurement costs nothing of the time.
  const budget = createTimeBudget(options.budget);
  const machine = await core.detectMachine();
  const cpu = requireAvailable(await probeProvider(core.spawn, 'cpu', signal));
  terminal.note(`At most about ${formatDuration(options.budget)}. Ctrl+C stops and keeps what was measured.`);
  printMachineSummary(terminal, machine);
  printProblems(terminal, adviseOnMachine(machine));

  const state: Bench = { host, core, budget, lock, skipped: [] };
  const firstBuildS = await build(state, sweep.model);
  const latency = { ...toPlan('single-stream', [...latencyModels], [1]), ...override };
  const reserveS = estimatePlan({ ...latency, models: latencyModels.slice(0, 2) }, core.storage).seconds;
  const offline = { ...toPlan('offline', [sweep.model], [...sweep.batches]), ...override };
  const batches = fitBatches(state, offline, reserveS);
  const runs = [await measureInTime(state, { ...offline, batches }, reserveS)];
  const models = signal.aborted ? [] : await prepareModels(state, latency, firstBuildS);
  if (models.length > 0) runs.push(await measureInTime(state, { ...latency, models }, 0));

  const cells = runs.flatMap((one) => one.cells).filter(({ outcome }) => outcome.state !== 'pending');
  const { skipped } = state;
  const exports = await report(state, runs);
  const data: BenchData = { machine, providers: [cpu], runs, skipped, exports, elapsedS: budget.elapsedS() };
  const judged = signal.aborted ? cells : cells.filter(({ outcome }) => outcome.state !== 'cancelled');
  return { data, exitCode: toRunExitCode(judged, signal.aborted) };
}

/**
 * Measures a plan as far as the time goes, less the reserve for what follows: before each configuration it is seen
 * whether the next still fits. What is left out stays pending in the run and can be resumed.
 */
async function measureInTime(
  { host, core, budget, lock, skipped }: Bench,
  plan: Plan,
  reserveS: number,
): Promise<RunData> {
  const outOfTime = new AbortController();
  const { terminal } = host;
  const signal = AbortSignal.any([host.signal, outOfTime.signal]);
  const configs = expandPlan(plan);
  let lastResort: NodeJS.Timeout | undefined;
  const data = await measureVisibly({ terminal, signal }, core, plan, (options) =>
    runPlan(plan, core, {
      lock,
      ...options,
      onEvent(event) {
        options.onEvent?.(event);
        if (event.type === 'started') {
          // Warm-up may take a minute on a restless machine, which no estimate knows.
          lastResort = setTimeout(() => outOfTime.abort(), Math.max(0, budget.leftS() + graceS) * 1000);
        }
        if (event.type !== 'cell-finished') return;
        const next = configs[event.record.index + 1];
        if (next === undefined) return;
        const one = { ...plan, models: [next.model], batches: [next.batch] };
        if (estimatePlan(one, core.storage).seconds > budget.leftS() - reserveS) outOfTime.abort();
      },
    }),
  ).finally(() => clearTimeout(lastResort));
  if (host.signal.aborted) return data;
  for (const { config, outcome } of data.cells) {
    if (outcome.state !== 'pending' && outcome.state !== 'cancelled') continue;
    const reason = `the machine took longer than expected; inferometer run --resume ${data.run.id}`;
    skipped.push({ what: describeConfig(config), reason });
  }
  return data;
}

/** Tables, what was left out, and the files of every run. */
async function report({ host, core, budget, skipped }: Bench, runs: readonly RunData[]): Promise<Exported[]> {
  const { terminal } = host;
  for (const { run, cells } of runs) {
    const ended = cells.filter(({ outcome }) => outcome.state !== 'pending');
    printOverview(terminal, ended, run.plan.grade, titles[run.plan.scenario]);
  }
  printSkipped(terminal, skipped);
  const exports: Exported[] = [];
  for (const { run } of runs) {
    for (const format of ['json', 'csv']) exports.push(await exportToFile(core, run.id, format));
  }
  const rows = exports.map(({ path, sizeBytes }): Cell[] => [{ number: formatQuantity(sizeBytes, 'B') }, path]);
  terminal.print('', terminal.paint('strong', 'Files'), ...printColumns(terminal, [{}, {}], rows));
  terminal.print('', `Done in ${formatDuration(budget.elapsedS())}.`);
  for (const { run } of runs) terminal.print(terminal.paint('muted', `$ ${invocation} results show ${run.id}`));
  return exports;
}

function toPlan(scenario: Plan['scenario'], models: string[], batches: number[]): Plan {
  return {
    models,
    providers: ['cpu'],
    scenario,
    batches,
    threads: [0],
    grade: 'quick',
    seed: 0,
    dims: {},
    inputs: null,
    repeats: 1,
  };
}

function requireAvailable(report: ProviderReport): ProviderReport {
  if (report.status.status === 'available') return report;
  throw new InferometerError({
    code: 'PROVIDER_UNAVAILABLE',
    message: `ONNX Runtime does not run on this processor: ${report.status.reason}.`,
    remedy: report.status.remedy ?? 'Run inferometer doctor for details.',
  });
}

/** Builds a reference model where that was not done before. Returns the seconds that it took. */
async function build({ core, host: { terminal, signal } }: Bench, name: string): Promise<number> {
  const startedAtMs = performance.now();
  await resolveModel(name, core, {
    signal,
    onProgress: (share) => {
      if (share < 1) terminal.progress(`${name} · building, once · ${formatQuantity(share, 'ratio').text}`);
    },
  });
  terminal.endProgress();
  return (performance.now() - startedAtMs) / 1000;
}

/** The first batch sizes whose measurement fits into the time, less the reserve for what follows. */
function fitBatches({ core, budget, skipped }: Bench, plan: Plan, reserveS: number): number[] {
  const fitting: number[] = [];
  const leftS = budget.leftS() - reserveS;
  for (const batch of plan.batches) {
    const { seconds } = estimatePlan({ ...plan, batches: [...fitting, batch] }, core.storage);
    if (fitting.length > 0 && seconds > leftS) {
      skipped.push({ what: `${sweep.model} at batch ${batch}`, reason: toReason(seconds, leftS) });
    } else fitting.push(batch);
  }
  return fitting;
}

/** Builds the models that fit into what is left of the time, in order; the others are named. */
async function prepareModels(state: Bench, plan: Plan, firstBuildS: number): Promise<string[]> {
  const { host, core, budget, skipped } = state;
  const fitting: string[] = [];
  let buildS = firstBuildS * buildFactor;
  for (const model of plan.models) {
    if (host.signal.aborted) return [];
    const isReady = model === 'digits-cnn' || model === sweep.model;
    const { seconds } = estimatePlan({ ...plan, models: [...fitting, model] }, core.storage);
    const needed = seconds + (isReady ? 0 : buildS);
    const left = budget.leftS();
    if (needed > left) {
      skipped.push({ what: `${model} single-stream`, reason: toReason(needed, left) });
      continue;
    }
    const tookS = await build(state, model);
    if (!isReady) buildS = tookS;
    fitting.push(model);
  }
  return fitting;
}

function toReason(neededS: number, leftS: number): string {
  const left = leftS < 1 ? 'nothing was left' : `${formatDuration(leftS)} were left`;
  return `with what comes before it about ${formatDuration(neededS)}, and ${left}`;
}

function printSkipped(terminal: CommandHost['terminal'], skipped: readonly Skipped[]): void {
  if (skipped.length === 0) return;
  const rows = skipped.map(({ what, reason }): Cell[] => [what, { text: reason, style: 'muted' }]);
  terminal.print('', terminal.paint('strong', 'Left out for time'), ...printColumns(terminal, [{}, {}], rows));
  terminal.print(`  ${terminal.paint('accent', `→ Measure them with ${invocation} run <model>.`)}`);
}
