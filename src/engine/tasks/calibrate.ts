import { countBins } from '../../shared/calibration/histogram.ts';
import { rangeOf, unionOf } from '../../shared/calibration/value-range.ts';
import { openInputFile } from '../runtime/input-file.ts';
import { openSession } from '../runtime/session.ts';
import { tensorNumbers } from '../runtime/tensors.ts';
import { nowNs } from '../timing/clock.ts';
import type { CalibrateResult, CalibrateTask, Reduction } from './calibrate-messages.ts';
import type { TaskChannel } from './channel.ts';

/** Progress is sent about this often. */
const progressNs = 100e6;

/**
 * Runs a model over a pool of inputs and keeps of each output only its range or its histogram. Feeds are read as they
 * are needed, so memory does not grow with the pool.
 * @throws Error when cancelled, for outputs that are no numbers, and what ONNX Runtime says.
 */
export async function calibrate(task: CalibrateTask, channel: TaskChannel): Promise<CalibrateResult> {
  using inputs = openInputFile(task.inputs);
  channel.enterStage('session');
  await using open = await openSession(task.session);
  channel.enterStage('measured');
  const fetches = Object.keys(task.reductions);
  const result: CalibrateResult = { kind: 'calibrate', ranges: {}, histograms: {}, notNumbers: [] };
  const notNumbers = new Set<string>();
  const startNs = nowNs();
  let reportedNs = startNs;
  for (let feed = 0; feed < task.inputs.feeds; feed++) {
    if (channel.isCancelled()) throw new Error('Cancelled.');
    const outputs = await open.session.run(inputs.read(feed), fetches);
    for (const [name, reduction] of Object.entries(task.reductions)) {
      const values = tensorNumbers(outputs[name]);
      if (values === null) throw new Error(`The output ${name} cannot be reduced`);
      if (hasNotNumbers(values)) notNumbers.add(name);
      if (reduction.kind === 'range') result.ranges[name] = unionOf(result.ranges[name] ?? null, rangeOf(values));
      else addCounts(result.histograms, name, values, reduction);
    }
    const now = nowNs();
    if (now - reportedNs < progressNs) continue;
    reportedNs = now;
    const done = feed + 1;
    const elapsedNs = now - startNs;
    const remainingNs = (elapsedNs / done) * (task.inputs.feeds - done);
    channel.send({ type: 'progress', stage: 'measured', queries: done, elapsedNs, remainingNs, latestLatencyNs: null });
  }
  return { ...result, notNumbers: [...notNumbers] };
}

function hasNotNumbers(values: Float32Array): boolean {
  // By index: an iterator takes ten times as long.
  for (let index = values.length - 1; index >= 0; index -= 1) if (Number.isNaN(values[index])) return true;
  return false;
}

function addCounts(
  histograms: Record<string, Float64Array>,
  name: string,
  values: Float32Array,
  { of, bins, from, to }: Extract<Reduction, { kind: 'histogram' }>,
): void {
  const { counts } = countBins(of === 'values' ? values : values.map(Math.abs), bins, from, to);
  const sums = histograms[name];
  if (sums === undefined) histograms[name] = counts;
  else for (let bin = 0; bin < bins; bin += 1) sums[bin]! += counts[bin]!;
}
