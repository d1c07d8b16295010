import type { SampleSeries } from '../../shared/domain/measurement.ts';
import type { MeasureCellOptions, MeasuredCell } from './cell-options.ts';
import { rulesOf } from './cell-rules.ts';
import { measureColdStart } from './cold-start.ts';
import { concludeCell } from './conclude-cell.ts';
import { runProcess, toFailedOutcome, type DoneRun } from './engine-run.ts';
import { measureInstances } from './instances/measure-instances.ts';
import { toTask, withSchedule } from './measure-task.ts';
import { findPlacement } from './placement/cell-placement.ts';
import { toMeasurement } from './summarize-cell.ts';

/**
 * Measures one configuration: in one fresh engine process after another, in several at once, or in processes whose start
 * is what is measured. Nothing that goes wrong throws: crash, deadline, refusal and cancellation are outcomes, and
 * samples that arrived before are kept with them.
 */
export function measureCell(options: MeasureCellOptions): Promise<MeasuredCell> {
  const { scenario, instances = 1 } = options.prepared.config;
  if (scenario === 'cold-start') return measureColdStart(options);
  return instances > 1 ? measureInstances(options, instances) : measureInTurn(options);
}

async function measureInTurn(options: MeasureCellOptions): Promise<MeasuredCell> {
  const rules = rulesOf(options.prepared.config, options.plan, options.grade);
  const task = toTask(options, rules);
  const done: DoneRun[] = [];
  const samples: SampleSeries[] = [];
  for (let process = 0; process < rules.processes; process++) {
    const run = await runProcess(options, withSchedule(task, options, process), process);
    if (run.samples.issuedNs.length > 0) samples.push(run.samples);
    if (run.end.state !== 'done' || run.end.result.cancelled)
      return { outcome: toFailedOutcome(run, samples), samples, engine: null };
    done.push(run as DoneRun);
  }
  const measured = toMeasurement(options, rules.grade, done);
  const measurement = { ...measured, ...(await findPlacement(options, task.session, measured.summary)) };
  const [first] = done;
  const ran = first && { ...first.end.result, versions: first.versions };
  return { ...concludeCell(options, rules, measurement, ran), samples };
}
