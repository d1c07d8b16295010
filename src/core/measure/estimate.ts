import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { RunId } from '../../shared/domain/ids.ts';
import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import { findReferenceModel } from '../models/registry.ts';
import type { Storage } from '../storage/open.ts';
import type { CellSummary } from '../storage/rows.ts';
import { expandPlan } from './expand-plan.ts';
import { grades } from '../../shared/domain/grades.ts';
import { applyOverride } from './measure-cell.ts';

/** How long a plan will take. */
export interface TimeEstimate {
  seconds: number;
  /** True: nothing tells the speed of some model, so its queries may take longer than the grade's minimum time. */
  lowerBound: boolean;
}

/** Starting a process, creating a session, warm-up of three 1-s windows, and the checks after the measured part. */
const overheadS = 7;
/** A cautious rate on a machine where nothing was measured yet, multiply-accumulates per second. */
const assumedMacsPerS = 15e9;
/** Below it a query's time is mostly that of the call, which says nothing about the rate of larger models. */
const shortestTellingNs = 1e6;

/**
 * Time that a plan takes, known before it starts: the larger of the grade's minimum time and its minimum queries at
 * the latency measured earlier on this machine, or derived from the multiply-accumulates of a reference model and the
 * rate at which others were computed here.
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
    seconds += plan.repeats * (overheadS + warmUpS) + Math.max(grade.minDurationS, grade.minQueries * (latencyS ?? 0));
  }
  return { seconds, lowerBound };
}

function expectedLatencyS(config: CellConfig, storage: Storage): number | null {
  const { provider, batch } = config;
  const earlier = storage.cells.summaries({ model: toStoredName(config.model), provider, state: 'completed' });
  const nearest = findNearest(config, earlier, storage);
  if (nearest !== null && nearest.p50Ns !== null) return (nearest.p50Ns / 1e9) * (batch / nearest.batch);
  const expected = findReferenceModel(config.model)?.expected;
  return expected === undefined ? null : (expected.macs * batch) / expectedMacsPerS(provider, storage);
}

/** Results name a user's model by its absolute path unless it was given a name. */
function toStoredName(model: string): string {
  return /[/\\]|\.onnx$/.test(model) ? path.resolve(model) : model;
}

/**
 * The earlier result whose configuration is most like this one, the newest of several. Sizes of dimensions tell most,
 * then threads; a batch can be scaled, and the scenario hardly matters to the latency of a query.
 */
function findNearest(config: CellConfig, earlier: readonly CellSummary[], storage: Storage): CellSummary | null {
  const dimsOfRun = new Map<RunId, boolean>();
  const hasSameDims = (runId: RunId): boolean => {
    const known = dimsOfRun.get(runId) ?? isDeepStrictEqual(storage.runs.get(runId).plan.dims, config.dims);
    dimsOfRun.set(runId, known);
    return known;
  };
  let nearest: CellSummary | null = null;
  let highest = -1;
  for (const cell of earlier) {
    if (cell.p50Ns === null) continue;
    const likeness =
      8 * Number(hasSameDims(cell.runId)) +
      4 * Number(cell.threads === config.threads) +
      2 * Number(cell.batch === config.batch) +
      Number(cell.scenario === config.scenario);
    if (likeness <= highest) continue;
    highest = likeness;
    nearest = cell;
  }
  return nearest;
}

/** Median rate of the reference models that were measured on this provider. */
function expectedMacsPerS(provider: CellConfig['provider'], storage: Storage): number {
  const rates = storage.cells.summaries({ provider, state: 'completed' }).flatMap(({ model, batch, p50Ns }) => {
    const macs = findReferenceModel(model)?.expected.macs;
    return macs === undefined || p50Ns === null || p50Ns < shortestTellingNs ? [] : [(macs * batch) / (p50Ns / 1e9)];
  });
  return rates.toSorted((left, right) => left - right)[Math.floor(rates.length / 2)] ?? assumedMacsPerS;
}
