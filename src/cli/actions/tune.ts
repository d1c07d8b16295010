import { availableParallelism } from 'node:os';
import type { Core } from '../../core/create-core.ts';
import { allowedCores } from '../../core/measure/allowed-cpus.ts';
import { estimateCell, estimatePlan } from '../../core/measure/estimate.ts';
import { resumePlan, runPlan } from '../../core/measure/run-plan.ts';
import type { RunOptions } from '../../core/measure/run-ports.ts';
import { grades } from '../../shared/domain/grades.ts';
import type { RunId } from '../../shared/domain/ids.ts';
import type { GradeId, Objective, Plan, ServiceLevel } from '../../shared/domain/plan.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { readTuning, type Tuning } from '../../shared/matrix/tuning.ts';
import { formatDuration } from '../../shared/units.ts';
import { exitCodes, type CommandHost, type CommandResult } from '../host.ts';
import type { TuneData } from '../output/documents.ts';
import { createRunProgress } from '../output/run-progress.ts';
import { wrap } from '../output/terminal.ts';
import { printTrial, printTuning, toTuningDocument } from '../output/tuning.ts';
import { toOverride, toRunId, toUsageError } from './arguments.ts';

export interface TuneOptions {
  objective: Objective;
  sloMs?: number | undefined;
  percentile?: number | undefined;
  pricePerHour?: number | undefined;
  provider: ProviderId[];
  batch: number[];
  threads?: number[] | undefined;
  instances?: number[] | undefined;
  grade: GradeId;
  seed: number;
  dim: Record<string, number>;
  inputs?: string | undefined;
  repeats?: number | undefined;
  wait: boolean;
  resume?: string | undefined;
  override?: unknown;
}

const usualPercentile = 90;

/** Searches the best configuration, or goes on with a search, and says what it gains over ONNX Runtime's defaults. */
export async function tune(host: CommandHost, models: readonly string[], options: TuneOptions): Promise<CommandResult> {
  const { resume, wait } = options;
  if (resume !== undefined && models.length > 0) {
    throw toUsageError('A search that is resumed has its models.', 'Leave the models out.');
  }
  if (resume === undefined && models.length === 0) {
    throw toUsageError('No model was named.', 'Give the path of an .onnx file or a name from inferometer models.');
  }
  const core = await host.openCore();
  const earlier = resume === undefined ? null : toRunId(resume);
  const plan = earlier === null ? toPlan(models, options) : requireSearch(core, earlier);
  announce(host, core, plan);
  const runId = await measure(host, core, plan, (more) =>
    earlier === null ? runPlan(plan, core, { wait, ...more }) : resumePlan(earlier, core, { wait, ...more }),
  );
  return finish(host, core, runId, options.pricePerHour ?? null);
}

function toPlan(models: readonly string[], options: TuneOptions): Plan {
  const { objective, provider, batch, grade, seed, dim, inputs, repeats, override } = options;
  const serviceLevel = toServiceLevel(options);
  return {
    models: [...new Set(models)],
    providers: provider,
    scenario: objective === 'latency' ? 'single-stream' : 'offline',
    batches: batch,
    threads: options.threads ?? usualThreads(),
    instances: options.instances ?? (objective === 'latency' ? [1] : powersOfTwo(countCores())),
    grade,
    seed,
    dims: dim,
    inputs: inputs ?? null,
    repeats: repeats ?? grades[grade].processes,
    ...(serviceLevel === undefined ? {} : { serviceLevel }),
    search: { kind: 'tune', objective },
    ...toOverride(override),
  };
}

function toServiceLevel({ sloMs, percentile }: TuneOptions): ServiceLevel | undefined {
  if (sloMs !== undefined) return { latencyMs: sloMs, percentile: percentile ?? usualPercentile };
  if (percentile === undefined) return undefined;
  throw toUsageError(
    '--percentile says which part of the queries has to keep a limit, and there is none.',
    'Give --slo-ms.',
  );
}

/** ONNX Runtime's own choice, which is one per core, and everything below it by doubling. */
function usualThreads(): number[] {
  const cores = countCores();
  return [...powersOfTwo(cores).filter((count) => count < cores), 0];
}

/** Physical cores that engines may use; processors where nothing tells which of them share one. */
function countCores(): number {
  const { length } = allowedCores();
  return length > 0 ? length : availableParallelism();
}

function powersOfTwo(most: number): number[] {
  return Array.from({ length: Math.floor(Math.log2(Math.max(1, most))) + 1 }, (_, power) => 2 ** power);
}

function requireSearch(core: Core, runId: RunId): Plan {
  const { plan } = core.storage.runs.get(runId);
  if (plan.search?.kind === 'tune') return plan;
  throw toUsageError(`The run ${runId} is no search of "tune".`, 'Go on with it by inferometer run --resume.');
}

/** The time is known before anything starts. */
function announce({ terminal }: CommandHost, core: Core, plan: Plan): void {
  const { seconds, lowerBound } = estimatePlan(plan, core.storage);
  const { search: _, ...everything } = plan;
  const exhaustiveS = estimatePlan(everything, core.storage).seconds;
  const candidates = readTuning(plan, [])?.candidates ?? 0;
  const time = `${lowerBound ? 'at least' : 'about'} ${formatDuration(seconds)}`;
  const text = `${candidates} candidates, of which some are tried: ${time}; measuring all of them would take ${formatDuration(exhaustiveS)}. Ctrl+C stops and keeps what was measured.`;
  terminal.note(...wrap(text, terminal.width));
}

async function measure(
  { terminal, signal }: CommandHost,
  core: Core,
  plan: Plan,
  work: (options: RunOptions) => Promise<RunId>,
): Promise<RunId> {
  const showProgress = createRunProgress(terminal, {
    cellS: (config) => estimateCell(plan, config, core.storage).seconds,
    repeats: plan.repeats,
    measuredS: 0,
  });
  return work({
    signal,
    onEvent(event) {
      showProgress(event);
      if (event.type === 'cell-finished') printTrial(terminal, event.record, plan);
    },
  });
}

function finish(host: CommandHost, core: Core, runId: RunId, pricePerHour: number | null): CommandResult {
  const run = core.storage.runs.get(runId);
  const cells = core.storage.cells.ofRun(runId);
  const tuning = readTuning(run.plan, cells);
  if (tuning === null) throw new Error(`The run ${runId} is no search`);
  printTuning(host.terminal, { run, cells, tuning, pricePerHour, commandLine: core.commandLine });
  const data: TuneData = { run, cells, tuning: toTuningDocument(tuning, pricePerHour) };
  return { data, exitCode: toExitCode(tuning, host.signal.aborted) };
}

/** Trials that go wrong are part of searching; what counts is whether something could be confirmed. */
function toExitCode({ winner }: Tuning, cancelled: boolean): number {
  if (cancelled) return exitCodes.cancelled;
  return winner === null ? exitCodes.invalid : exitCodes.ok;
}
