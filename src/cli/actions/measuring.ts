import type { Core } from '../../core/create-core.ts';
import { estimateCell } from '../../core/measure/estimate.ts';
import { grades } from '../../shared/domain/grades.ts';
import { applyOverride } from '../../core/measure/cell-rules.ts';
import type { RunOptions } from '../../core/measure/run-ports.ts';
import type { RunId } from '../../shared/domain/ids.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { CellOutcome, CellRecord } from '../../shared/domain/run.ts';
import { readRateSearches } from '../../shared/rate-search.ts';
import { exitCodes, type CommandHost } from '../host.ts';
import type { RunData } from '../output/documents.ts';
import { printResult } from '../output/results.ts';
import { createRunProgress } from '../output/run-progress.ts';

/** Measures with progress on the terminal and prints each result when it is there. */
export async function measureVisibly(
  { terminal, signal }: Pick<CommandHost, 'terminal' | 'signal'>,
  core: Core,
  plan: Plan,
  measure: (options: RunOptions) => Promise<RunId>,
): Promise<RunData> {
  const showProgress = createRunProgress(terminal, {
    cellS: (config) => estimateCell(plan, config, core.storage).seconds,
    repeats: plan.repeats,
    measuredS: applyOverride(grades[plan.grade], plan.override).grade.minDurationS / plan.repeats,
  });
  const runId = await measure({
    signal,
    onEvent(event) {
      showProgress(event);
      if (event.type === 'cell-finished') printResult(terminal, event.record, plan.grade);
    },
  });
  const run = core.storage.runs.get(runId);
  const cells = core.storage.cells.ofRun(runId);
  const rateSearches = readRateSearches(run.plan, cells);
  return { run, cells, ...(rateSearches.length === 0 ? {} : { rateSearches }) };
}

/** The exit code that says how the configurations of a run ended; the most serious one wins. */
export function toRunExitCode(cells: readonly CellRecord[], cancelled: boolean): number {
  const outcomes = cells.map(({ outcome }) => outcome);
  if (cancelled || outcomes.some(({ state }) => state === 'cancelled')) return exitCodes.cancelled;
  if (outcomes.some(isEngineFailure)) return exitCodes.engineFailed;
  if (outcomes.some(({ state }) => state === 'failed')) return exitCodes.badInput;
  const isInvalid = outcomes.some((one) => one.state === 'completed' && one.validity.verdict === 'INVALID');
  return isInvalid ? exitCodes.invalid : exitCodes.ok;
}

/** An engine can also end while inputs are prepared or outputs compared; that is stored as a failure. */
function isEngineFailure(outcome: CellOutcome): boolean {
  if (outcome.state === 'failed') return outcome.failure.code === 'ENGINE_FAILED';
  return outcome.state === 'crashed' || outcome.state === 'timed-out';
}
