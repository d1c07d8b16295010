import type { Core } from '../../core/create-core.ts';
import { adviseOnMachine } from '../../core/doctor/advise.ts';
import { probeProvider } from '../../core/engine-client/probe-provider.ts';
import { estimatePlan } from '../../core/measure/estimate.ts';
import { runPlan } from '../../core/measure/run-plan.ts';
import { resolveModel } from '../../core/models/resolve-model.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { ProviderReport } from '../../shared/domain/provider.ts';
import { InferometerError } from '../../shared/errors.ts';
import { formatDuration, formatQuantity } from '../../shared/units.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import { printColumns, type Cell } from '../output/columns.ts';
import type { BenchData, Exported, RunData } from '../output/documents.ts';
import { printMachineSummary } from '../output/machine.ts';
import { printProblems } from '../output/problems.ts';
import { printOverview } from '../output/results.ts';
import { exportToFile } from './export.ts';
import { measureVisibly, toRunExitCode } from './measuring.ts';

/** The whole command stays below three minutes; what does not fit is left out and named. */
const budgetS = 172;
/** A larger model takes up to this many times as long to build as the first, at a guess that later builds correct. */
const buildFactor = 3.5;

const sweep = { model: 'mobilenet-v2', batches: [1, 2, 4, 8] } as const;
/** One small trained network whose accuracy can be told, two of images and one of text. */
const latencyModels = ['digits-cnn', 'mobilenet-v2', 'resnet50', 'distilbert'] as const;

const titles = { offline: 'Offline, over batch sizes', 'single-stream': 'Single stream' } as const;

type Skipped = BenchData['skipped'][number];

/**
 * Measures this machine with built-in models: throughput of one over batch sizes, then latency of several. The sweep
 * goes first, because its rate tells how long the larger models will take here.
 */
export async function bench(host: CommandHost, { wait }: { wait: boolean }): Promise<CommandResult> {
  const startedAtMs = performance.now();
  const elapsedS = (): number => (performance.now() - startedAtMs) / 1000;
  const { terminal, signal } = host;
  const core = await host.openCore();
  const machine = await core.detectMachine();
  const cpu = requireAvailable(await probeProvider(core.spawn, 'cpu', signal));
  terminal.note('About three minutes. Ctrl+C stops and keeps what was measured.');
  printMachineSummary(terminal, machine);
  printProblems(terminal, adviseOnMachine(machine));

  const runs: RunData[] = [];
  const skipped: Skipped[] = [];
  const measure = async (plan: Plan): Promise<void> => {
    runs.push(await measureVisibly(host, core, plan, (more) => runPlan(plan, core, { wait, ...more })));
  };
  const firstBuildS = await build(core, host, sweep.model);
  const offline = toPlan('offline', [sweep.model], [...sweep.batches]);
  await measure({ ...offline, batches: fitBatches(core, offline, budgetS - elapsedS(), skipped) });
  if (!signal.aborted) {
    const models = await prepareModels(host, core, { elapsedS, firstBuildS, skipped });
    if (models.length > 0) await measure(toPlan('single-stream', models, [1]));
  }

  const cells = runs.flatMap((one) => one.cells);
  for (const { run, cells: some } of runs) printOverview(terminal, some, titles[run.plan.scenario]);
  printSkipped(terminal, skipped);
  const exports: Exported[] = [];
  for (const { run } of runs) {
    for (const format of ['json', 'csv']) exports.push(await exportToFile(core, run.id, format));
  }
  const rows = exports.map(({ path, sizeBytes }): Cell[] => [{ number: formatQuantity(sizeBytes, 'B') }, path]);
  terminal.print('', terminal.paint('strong', 'Files'), ...printColumns(terminal, [{}, {}], rows));
  terminal.print(
    '',
    `Runs ${runs.map(({ run }) => run.id).join(' and ')}, ${formatDuration(elapsedS())} in all.`,
    terminal.paint('muted', 'Details: inferometer results show <run>'),
  );
  const data: BenchData = { machine, providers: [cpu], runs, skipped, exports, elapsedS: elapsedS() };
  return { data, exitCode: toRunExitCode(cells, signal.aborted) };
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
async function build(core: Core, { terminal, signal }: CommandHost, name: string): Promise<number> {
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

/** The first batch sizes whose measurement fits into the time. */
function fitBatches(core: Core, plan: Plan, secondsLeft: number, skipped: Skipped[]): number[] {
  const fitting: number[] = [];
  for (const batch of plan.batches) {
    const { seconds } = estimatePlan({ ...plan, batches: [...fitting, batch] }, core.storage);
    if (fitting.length > 0 && seconds > secondsLeft) {
      skipped.push({ what: `${sweep.model} at batch ${batch}`, reason: toReason(seconds, secondsLeft) });
    } else fitting.push(batch);
  }
  return fitting;
}

/** Builds the models that fit into what is left of the time, in order; the others are named. */
async function prepareModels(
  host: CommandHost,
  core: Core,
  { elapsedS, firstBuildS, skipped }: { elapsedS: () => number; firstBuildS: number; skipped: Skipped[] },
): Promise<string[]> {
  const fitting: string[] = [];
  let buildS = firstBuildS * buildFactor;
  for (const model of latencyModels) {
    if (host.signal.aborted) return [];
    const isReady = model === 'digits-cnn' || model === sweep.model;
    const plan = toPlan('single-stream', [...fitting, model], [1]);
    const { seconds } = estimatePlan(plan, core.storage);
    const needed = seconds + (isReady ? 0 : buildS);
    const left = budgetS - elapsedS();
    if (needed > left) {
      skipped.push({ what: `${model} single-stream`, reason: toReason(needed, left) });
      continue;
    }
    const tookS = await build(core, host, model);
    if (!isReady) buildS = tookS;
    fitting.push(model);
  }
  return fitting;
}

function toReason(neededS: number, leftS: number): string {
  const left = leftS < 1 ? 'none was left' : `${formatDuration(leftS)} were left`;
  return `with what comes before it needs about ${formatDuration(neededS)}, and ${left} of three minutes`;
}

function printSkipped(terminal: CommandHost['terminal'], skipped: readonly Skipped[]): void {
  if (skipped.length === 0) return;
  const rows = skipped.map(({ what, reason }): Cell[] => [what, { text: reason, style: 'muted' }]);
  terminal.print('', terminal.paint('strong', 'Left out for time'), ...printColumns(terminal, [{}, {}], rows));
  terminal.print(`  ${terminal.paint('accent', '→ Measure them with inferometer run <model>.')}`);
}
