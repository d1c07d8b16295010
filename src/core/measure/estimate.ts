import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import { findReferenceModel } from '../models/registry.ts';
import type { Storage } from '../storage/open.ts';
import { expandPlan } from './expand-plan.ts';
import { grades } from './grades.ts';
import { applyOverride } from './measure-cell.ts';

/** How long a plan will take. */
export interface TimeEstimate {
  seconds: number;
  /** True: nothing tells the speed of some model, so its queries may take longer than the grade's minimum time. */
  lowerBound: boolean;
}

/** Starting a process, creating a session, warm-up of three 1-s windows, and the checks after the measured part. */
const overheadS = 7;
/** A cautious rate for a model that was never measured here, multiply-accumulates per second of one CPU core. */
const assumedMacsPerS = 15e9;

/**
 * Time that a plan takes, known before it starts: the larger of the grade's minimum time and its minimum queries at
 * the latency measured earlier on this machine, or derived from the multiply-accumulates of a reference model.
 */
export function estimatePlan(plan: Plan, storage: Storage): TimeEstimate {
  const { grade } = applyOverride(grades[plan.grade], plan.override);
  let seconds = 0;
  let lowerBound = false;
  for (const config of expandPlan(plan)) {
    const latencyS = expectedLatencyS(config, storage);
    if (latencyS === null) lowerBound = true;
    // Twenty-query windows make the warm-up of slow models longer than its minimum.
    const warmUpS = Math.max(0, 60 * (latencyS ?? 0) - 3);
    seconds += plan.repeats * (overheadS + warmUpS + Math.max(grade.minDurationS, grade.minQueries * (latencyS ?? 0)));
  }
  return { seconds, lowerBound };
}

function expectedLatencyS(config: CellConfig, storage: Storage): number | null {
  const { model, provider, batch } = config;
  const earlier = storage.cells.summaries({ model, provider, state: 'completed', limit: 20 });
  const same = earlier.find((cell) => cell.batch === batch) ?? earlier[0];
  if (same !== undefined && same.p50Ns !== null) return (same.p50Ns / 1e9) * (batch / same.batch);
  const expected = findReferenceModel(model)?.expected;
  return expected === undefined ? null : (expected.macs * batch) / assumedMacsPerS;
}
