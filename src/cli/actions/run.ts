import type { Core } from '../../core/create-core.ts';
import { invocation } from '../../core/invocation.ts';
import { estimatePlan, expectedCells } from '../../core/measure/estimate.ts';
import { resumePlan, runPlan } from '../../core/measure/run-plan.ts';
import { grades } from '../../shared/domain/grades.ts';
import type { GradeId, Plan, ScenarioId } from '../../shared/domain/plan.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { formatDuration } from '../../shared/units.ts';
import { exitCodes, type CommandHost, type CommandResult } from '../host.ts';
import type { RunData } from '../output/documents.ts';
import { printRateSearches } from '../output/rate-search.ts';
import { printOverview } from '../output/results.ts';
import { wrap } from '../output/terminal.ts';
import { toOverride, toRunId, toUsageError } from './arguments.ts';
import { toLoad, type LoadOptions } from './load-options.ts';
import { toScenario, type ScenarioOptions } from './scenario-options.ts';
import { measureVisibly, toRunExitCode } from './measuring.ts';

export interface RunCommandOptions extends LoadOptions, ScenarioOptions {
  provider: ProviderId[];
  device?: number | undefined;
  batch: number[];
  threads: number[];
  scenario: ScenarioId;
  grade: GradeId;
  seed: number;
  dim: Record<string, number>;
  inputs?: string | undefined;
  repeats?: number | undefined;
  exclusive: boolean;
  ceilingW?: number | undefined;
  wait: boolean;
  resume?: string | undefined;
  retry: boolean;
  override?: unknown;
}

/** Measures what the options ask for, or goes on with an earlier run. */
export async function run(
  host: CommandHost,
  models: readonly string[],
  options: RunCommandOptions,
): Promise<CommandResult> {
  const { resume, retry, wait } = options;
  if (resume !== undefined) {
    if (models.length > 0) throw toUsageError('A run that is resumed has its models.', 'Leave the models out.');
    const core = await host.openCore();
    const runId = toRunId(resume);
    const { plan } = core.storage.runs.get(runId);
    return finish(
      host,
      await measureVisibly(host, core, plan, (more) => resumePlan(runId, core, { wait, retry, ...more })),
    );
  }
  if (retry) throw toUsageError('--retry says what to do with a run that is resumed.', 'Give the run with --resume.');
  if (models.length === 0) {
    throw toUsageError('No model was named.', 'Give the path of an .onnx file or a name from inferometer models.');
  }
  const plan = toPlan(models, options);
  const core = await host.openCore();
  announce(host, core, plan);
  return finish(host, await measureVisibly(host, core, plan, (more) => runPlan(plan, core, { wait, ...more })));
}

function toPlan(models: readonly string[], options: RunCommandOptions): Plan {
  const { provider, device, batch, threads, scenario, grade, seed, dim, inputs, repeats, override } = options;
  return {
    models: [...new Set(models)],
    providers: provider,
    scenario,
    batches: batch,
    threads,
    grade,
    seed,
    dims: dim,
    inputs: inputs ?? null,
    repeats: repeats ?? grades[grade].processes,
    ...toLoad(options),
    ...toScenario(options),
    ...(options.exclusive ? { exclusive: true } : {}),
    ...(options.ceilingW === undefined ? {} : { ceilingW: options.ceilingW }),
    ...(device === undefined ? {} : { device }),
    ...toOverride(override),
  };
}

/** The time is known before anything starts. */
function announce({ terminal }: CommandHost, core: Core, plan: Plan): void {
  const count = expectedCells(plan, core.storage).length;
  const { seconds, lowerBound } = estimatePlan(plan, core.storage);
  const cells = `${plan.search === undefined ? '' : 'about '}${count} ${count === 1 ? 'configuration' : 'configurations'}`;
  const time = `${lowerBound ? 'at least' : 'about'} ${formatDuration(seconds)}`;
  const text = `${cells}, ${plan.grade} grade, ${plan.scenario}: ${time}. Ctrl+C stops and keeps what was measured.`;
  terminal.note(...wrap(text, terminal.width));
}

function finish({ terminal, signal }: CommandHost, data: RunData): CommandResult {
  const { run: record, cells } = data;
  if (cells.length > 1) printOverview(terminal, cells, record.plan.grade);
  printRateSearches(terminal, data);
  const again = record.state === 'completed' ? `results show ${record.id}` : `run --resume ${record.id}`;
  terminal.print('', `Run ${record.id} is ${record.state}.`, terminal.paint('muted', `$ ${invocation} ${again}`));
  const isRefused = data.rateSearches?.some(({ isLimitBelowService }) => isLimitBelowService) ?? false;
  return { data, exitCode: isRefused ? exitCodes.badInput : toRunExitCode(cells, signal.aborted) };
}
