import { setTimeout as sleep } from 'node:timers/promises';
import type { ComparisonConditions, Speed } from '../../../shared/domain/comparison.ts';
import type { Harness, SampleSeries } from '../../../shared/domain/measurement.ts';
import type { WarmUpRule } from '../../../shared/domain/plan.ts';
import type { Observed, Reading } from '../../../shared/domain/provenance.ts';
import { InferometerError } from '../../../shared/errors.ts';
import type { TaskOptions } from '../../engine-client/engine-client.ts';
import type { SpawnEngine } from '../../engine-client/engine-process.ts';
import { createLoadSampler, toLoadShares } from '../../hardware/load-sampler.ts';
import { resourcePath } from '../../resources.ts';
import { furtherPairs, judgePairs, logRatios, predictPairs, type PairedSpeed } from '../../stats/paired-speed.ts';
import { FEWEST_PAIRS } from '../../stats/pairs-needed.ts';
import { collectPairs, type PairCollection } from './collect-pairs.ts';
import { openPairSource, type PairSide, type PairSource, type Residence } from './pair-source.ts';
import { planQueries, planTurn, type BlockRule } from './plan-blocks.ts';
import { toLatency, toSpeedup } from './speed-readings.ts';

/** Rules of a comparison that results depend on; docs/method/comparison.md gives the reasons. */
export interface SpeedRules {
  warmUp: WarmUpRule;
  block: BlockRule;
  /** Where each turn starts processes anew, blocks are this long. */
  blockInTurnS: number;
  /** Time in which other programs are watched before the engines start. */
  quietS: number;
  /** Whether it is measured what a call costs, which takes some tenths of a second. */
  withHarness: boolean;
}

export const defaultSpeedRules: SpeedRules = {
  warmUp: { minRuns: 10, minS: 2, maxS: 30, tolerance: 0.05 },
  block: { blockS: 0.1, minQueries: 3 },
  blockInTurnS: 2,
  quietS: 1,
  withHarness: true,
};

export interface MeasureSpeedOptions {
  spawn: SpawnEngine;
  sides: readonly [PairSide, PairSide];
  residence: Residence;
  residenceReason: string | null;
  margin: number;
  maxDurationS: number;
  rules: SpeedRules;
  memoryLimitBytes: number | undefined;
  signal?: AbortSignal;
  onProgress?: (progress: SpeedProgress) => void;
}

export interface SpeedProgress {
  stage: 'warm-up' | 'pairs';
  pairs: number;
  /** null before anything can be said. */
  speedup: Reading | null;
  remainingS: number | null;
}

/** What the pairs gave, with everything that was measured. */
export interface MeasuredSpeed {
  speed: Speed;
  conditions: Omit<ComparisonConditions, 'baseline' | 'candidate'> & {
    baseline: Omit<ComparisonConditions['baseline'], 'inputs' | 'device'>;
    candidate: Omit<ComparisonConditions['candidate'], 'inputs' | 'device'>;
  };
  executedBatch: readonly [number | null, number | null];
  harness: Harness | null;
  onnxruntime: string;
  /** Block medians of every pair, ns. */
  pairs: { baselineNs: Float64Array; candidateNs: Float64Array };
  /** Stamps of the first queries of each side, as many as are kept. */
  series: { baseline: SampleSeries; candidate: SampleSeries };
}

/**
 * Measures which side is faster: warms both up, then takes turns of blocks until the verdict is settled or the time is
 * over. Cancelled after ten pairs or more it gives what it has. Throws what running a model throws, and CANCELLED.
 */
export async function measureSpeed(options: MeasureSpeedOptions): Promise<MeasuredSpeed> {
  const sampler = createLoadSampler();
  const own = process.pid;
  const before = sampler.take([own]);
  await sleep(options.rules.quietS * 1000, undefined, options.signal ? { signal: options.signal } : {}).catch(() => {
    throw cancelled();
  });
  const otherLoadBefore = options.rules.quietS > 0 ? toLoadShares(before, sampler.take([own])).others : null;
  options.onProgress?.({ stage: 'warm-up', pairs: 0, speedup: null, remainingS: null });
  const { source, residence, reason } = await openSource(options);
  await using _source = source;
  const began = sampler.take([own, ...source.pids()]);
  const taken = await takePairs(source, residence, options);
  const during = toLoadShares(began, sampler.take([own, ...source.pids()]));
  const harness = taken.stopped === 'cancelled' ? null : await source.finish();
  return {
    speed: toSpeed(taken, residence, reason, options.margin),
    conditions: {
      node: source.versions.node,
      baseline: toConditions(source, 0),
      candidate: toConditions(source, 1),
      otherLoadBefore: valueOf(otherLoadBefore),
      otherLoadDuring: valueOf(during.others),
      stealShare: valueOf(during.steal),
    },
    executedBatch: [executedBatch(source, 0), executedBatch(source, 1)],
    harness,
    onnxruntime: source.versions.onnxruntime,
    pairs: taken.collection.medians(),
    series: taken.collection.series(),
  };
}

/** Where one process refuses to hold both sessions, two do; a model that runs in neither is refused by its error. */
async function openSource(options: MeasureSpeedOptions) {
  const { spawn, sides, rules, residence, residenceReason, signal } = options;
  const task: TaskOptions = {
    ...(signal ? { signal } : {}),
    ...(options.memoryLimitBytes === undefined ? {} : { memoryLimitBytes: options.memoryLimitBytes }),
  };
  const shared = {
    spawn,
    sides,
    warmUp: rules.warmUp,
    identityModel: rules.withHarness ? resourcePath('engine', 'identity.onnx') : null,
    task,
  };
  try {
    return { source: await openPairSource({ ...shared, residence }), residence, reason: residenceReason };
  } catch (error) {
    const mayBeApart = residence === 'together' && error instanceof InferometerError && error.code !== 'CANCELLED';
    if (!mayBeApart || signal?.aborted) throw error;
    const source = await openPairSource({ ...shared, residence: 'apart' });
    return {
      source,
      residence: 'apart' as const,
      reason: `One process did not hold both sessions (${error.message.replace(/\.$/, '')}), so each had its own.`,
    };
  }
}

interface TakenPairs {
  collection: PairCollection;
  queries: readonly [number, number];
  result: PairedSpeed;
  stopped: Speed['stopped'];
  predictedS: number | null;
  durationS: number;
}

async function takePairs(source: PairSource, residence: Residence, options: MeasureSpeedOptions): Promise<TakenPairs> {
  const { margin, maxDurationS, rules, signal } = options;
  const block = residence === 'in-turn' ? { ...rules.block, blockS: rules.blockInTurnS } : rules.block;
  const [baseline, candidate] = source.opened;
  const queries = [planQueries(baseline.medianNs, block), planQueries(candidate.medianNs, block)] as const;
  const collection = collectPairs();
  // The first turn finds both sides as warm-up left them, one of them idle for seconds: it is run and not counted.
  await source.run(planTurn(0, queries));
  const startedMs = performance.now();
  const elapsedS = (): number => (performance.now() - startedMs) / 1000;
  let predictedS: number | null = null;
  for (let turn = 1; ; turn++) {
    const stillRuns = await runTurn(source, collection, turn, queries, signal);
    const { baselineNs, candidateNs } = collection.medians();
    const result = judgePairs(logRatios(baselineNs, candidateNs), margin);
    const pairS = elapsedS() / Math.max(1, result.pairs);
    if (predictedS === null && result.pairs >= FEWEST_PAIRS) {
      const predicted = predictPairs(result, margin);
      predictedS = predicted === null ? null : predicted * pairS;
    }
    options.onProgress?.(toProgress(result, pairS, maxDurationS - elapsedS(), margin));
    const settled = result.verdict !== 'AMBIGUOUS';
    const late = elapsedS() >= maxDurationS;
    if (!settled && !late && stillRuns) continue;
    const stopped = settled ? 'settled' : stillRuns ? 'time-limit' : 'cancelled';
    return { collection, queries, result, stopped, predictedS, durationS: elapsedS() };
  }
}

/** False when the user cancelled and there are enough pairs to say something. Throws CANCELLED before that. */
async function runTurn(
  source: PairSource,
  collection: PairCollection,
  turn: number,
  queries: readonly [number, number],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    collection.add(await source.run(planTurn(turn, queries)));
    if (!signal?.aborted) return true;
  } catch (error) {
    if (!signal?.aborted || collection.count() < FEWEST_PAIRS) throw error;
    return false;
  }
  if (collection.count() < FEWEST_PAIRS) throw cancelled();
  return false;
}

function toProgress(result: PairedSpeed, pairS: number, leftS: number, margin: number): SpeedProgress {
  const further = result.pairs < FEWEST_PAIRS ? FEWEST_PAIRS - result.pairs : furtherPairs(result, margin);
  const remainingS = result.verdict === 'AMBIGUOUS' ? Math.max(0, Math.min(leftS, (further ?? Infinity) * pairS)) : 0;
  return { stage: 'pairs', pairs: result.pairs, speedup: result.pairs < 3 ? null : toSpeedup(result), remainingS };
}

function toSpeed(taken: TakenPairs, residence: Residence, reason: string | null, margin: number): Speed {
  const { collection, queries, result, stopped, predictedS, durationS } = taken;
  const { baselineNs, candidateNs } = collection.medians();
  const further = furtherPairs(result, margin);
  return {
    verdict: result.verdict,
    speedup: toSpeedup(result),
    margin,
    pairing: residence === 'together' ? 'resident' : 'processes',
    pairingReason: reason,
    pairs: result.pairs,
    queriesPerBlock: { baseline: queries[0], candidate: queries[1] },
    latency: { baseline: toLatency(baselineNs), candidate: toLatency(candidateNs) },
    logRatioDeviation: result.deviation,
    pValue: result.pValue,
    adjusted: null,
    stopped,
    toSettle: further === null ? null : { pairs: further, durationS: (further * durationS) / result.pairs },
    predictedDurationS: predictedS,
    durationS,
  };
}

function toConditions({ opened, libraries }: PairSource, side: 0 | 1) {
  const { sessionOptions, runs, durationNs, steady } = opened[side];
  return { sessionOptions, libraries: [...libraries], warmUp: { runs, durationNs, steady } };
}

/** One differing query makes the whole batch wrong, so the value that differs counts. */
function executedBatch({ opened }: PairSource, side: 0 | 1): number | null {
  const executed = opened[side].executedBatch;
  return executed === null ? null : executed.min === executed.max ? executed.min : 0;
}

function valueOf(observed: Observed<number> | null): number | null {
  return observed?.status === 'present' ? observed.value : null;
}

function cancelled(): InferometerError {
  return new InferometerError({
    code: 'CANCELLED',
    message: 'The comparison was cancelled before it knew anything.',
    remedy: 'Start it again when convenient.',
  });
}
