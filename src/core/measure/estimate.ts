import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { RunId } from '../../shared/domain/ids.ts';
import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import { findReferenceModel } from '../models/registry.ts';
import type { Storage } from '../storage/open.ts';
import type { CellSummary } from '../storage/rows.ts';
import { expandPlan } from './expand-plan.ts';
import { grades } from '../../shared/domain/grades.ts';
import { rulesOf } from './cell-rules.ts';
import { usualTuneCells } from './search/tune.ts';
import { aloneConfig, confirmConfig, rateSubjects, trialConfig, usualTrials } from './search/rate.ts';

/** How long a plan will take. */
export interface TimeEstimate {
  seconds: number;
  /** True: nothing tells the speed of some model, so its queries may take longer than the grade's minimum time. */
  lowerBound: boolean;
}

/** Starting a process, creating a session, warm-up of three 1-s windows, and the checks after the measured part. */
const overheadS = 7;
/** Proving where the work of a GPU provider ran: one more engine, session and up to two seconds of runs. */
const placementS = 4;
/** The overhead of a trial of a search, which has no checks and hardly a warm-up. */
const trialOverheadS = 2;
/** Share of the capacity at which a search for a rate spends most of its time, and a rate where nothing is known. */
const usualLoad = 0.7;
const assumedRatePerS = 100;
/** A cautious rate on a machine where nothing was measured yet, multiply-accumulates per second. */
const assumedMacsPerS = 15e9;
/** Below it a query's time is mostly that of the call, which says nothing about the rate of larger models. */
const shortestTellingNs = 1e6;

/**
 * Time that a plan takes, known before it starts: the larger of the grade's minimum time and its minimum queries at
 * the latency measured earlier on this machine, or derived from the multiply-accumulates of a reference model and the
 * rate at which others were computed here. A search for a rate is taken to need the steps that it usually needs.
 */
export function estimatePlan(plan: Plan, storage: Storage): TimeEstimate {
  const estimates = expectedCells(plan, storage).map((config) => estimateCell(plan, config, storage));
  return {
    seconds: estimates.reduce((sum, { seconds }) => sum + seconds, 0),
    lowerBound: estimates.some(({ lowerBound }) => lowerBound),
  };
}

/** Time that one configuration of a plan takes. */
export function estimateCell(plan: Plan, config: CellConfig, storage: Storage): TimeEstimate {
  const { grade, warmUp, processes } = rulesOf(config, plan, grades[plan.grade]);
  const latencyS = expectedLatencyS(config, storage);
  const { load } = config;
  // Twenty-query windows make the warm-up of slow models longer than its minimum.
  const isShort = config.trial?.purpose === 'search' && config.trial.warmUp !== undefined;
  const warmUpS =
    config.scenario === 'cold-start'
      ? 0
      : isShort
        ? warmUp.minRuns * (latencyS ?? 0)
        : Math.max(0, 60 * (latencyS ?? 0) - 3);
  const sizesS =
    load === undefined || load.maxBatch === 1 ? 0 : warmUpOfSizesS(load.maxBatch, warmUp.minRuns, latencyS);
  // Queries of a server come when they come, however fast they are answered.
  const perQueryS = load === undefined ? (latencyS ?? 0) + (config.pauseMs ?? 0) / 1000 : 1 / load.ratePerS;
  const measuredS = Math.max(grade.minDurationS, grade.minQueries * perQueryS);
  return {
    seconds:
      processes * ((isShort ? trialOverheadS : overheadS) + warmUpS + sizesS) +
      measuredS +
      (config.provider === 'cpu' ? 0 : placementS),
    lowerBound: latencyS === null,
  };
}

/** Configurations that a plan has, or that its search will about come to. */
export function expectedCells(plan: Plan, storage: Storage): CellConfig[] {
  if (plan.search?.kind === 'tune') return usualTuneCells(plan);
  if (plan.search?.kind !== 'rate') return expandPlan(plan);
  return rateSubjects(plan).flatMap((subject) => {
    const alone = aloneConfig(plan, subject);
    const latencyS = expectedLatencyS(alone, storage);
    const ratePerS = latencyS === null ? assumedRatePerS : usualLoad / latencyS;
    return [
      alone,
      ...Array.from({ length: usualTrials }, () => trialConfig(plan, subject, ratePerS)),
      confirmConfig(plan, subject, ratePerS),
    ];
  });
}

/** Three windows of the largest batch, and the runs of the sizes between, which take half as long on average. */
function warmUpOfSizesS(maxBatch: number, minRuns: number, latencyS: number | null): number {
  return 3 + (maxBatch - 2) * minRuns * (latencyS ?? 0) * (maxBatch / 2);
}

/** Starting a process and a session, where nothing was started yet. */
const assumedStartS = 1.5;
/** What a query is in them is another thing than a call of the model. */
const apart: readonly CellConfig['scenario'][] = ['decode', 'cold-start'];

function expectedLatencyS(config: CellConfig, storage: Storage): number | null {
  const { provider, batch } = config;
  const earlier = storage.cells.summaries({ model: toStoredName(config.model), provider, state: 'completed' });
  const nearest = findNearest(config, earlier, storage);
  if (nearest !== null && nearest.p50Ns !== null) return (nearest.p50Ns / 1e9) * (batch / nearest.batch);
  if (config.scenario === 'cold-start') return assumedStartS;
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
    if (
      cell.scenario !== config.scenario &&
      [cell.scenario, config.scenario].some((one) => apart.includes(one as typeof config.scenario))
    )
      continue;
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
