import type { ColdStartResult, ColdStartTask } from '../../engine/protocol.ts';
import type { ColdStart } from '../../shared/domain/cold-start.ts';
import type { Disturbance, Harness, Measurement, SampleSeries } from '../../shared/domain/measurement.ts';
import type { Reading } from '../../shared/domain/provenance.ts';
import { startEngine, type TaskEnd } from '../engine-client/engine-client.ts';
import { runOnce } from '../engine-client/evaluate.ts';
import { measuredSession } from '../engine-client/session-config.ts';
import { createLoadSampler, toLoadShares } from '../hardware/load-sampler.ts';
import { resourcePath } from '../resources.ts';
import { percentileOfSorted } from '../stats/percentile-interval.ts';
import { readPercentiles } from '../stats/read-percentiles.ts';
import { summarizeProcesses } from '../stats/summarize-processes.ts';
import type { MeasureCellOptions, MeasuredCell } from './cell-options.ts';
import { rulesOf } from './cell-rules.ts';
import { concludeCell } from './conclude-cell.ts';
import { cancelledAtStart, toFailedOutcome, toStartEnd, watchBefore, type ProcessRun } from './engine-run.ts';
import { findPlacement } from './placement/cell-placement.ts';

/** One fresh process, stamps on the clock that all processes of the machine share, ns. */
interface Start {
  askedAtNs: bigint;
  readyAtNs: bigint;
  result: ColdStartResult;
  versions: { node: string; onnxruntime: string };
}

/** How a start ended that gave no answer. */
type Failed = Pick<ProcessRun, 'end'>;

/**
 * Measures the time from the request for an engine process to its first answer, in fresh processes one after another. A
 * first one that is not counted reads every file, so that all others find them in memory. Nothing that goes wrong throws.
 */
export async function measureColdStart(options: MeasureCellOptions): Promise<MeasuredCell> {
  const { prepared, plan, signal } = options;
  const rules = rulesOf(prepared.config, plan, options.grade);
  const sampler = createLoadSampler();
  const quiet = await watchBefore(options, sampler);
  if (quiet === null) return failed({ end: cancelledAtStart }, []);
  const task = toTask(options);
  const unmeasured = await startCold(options, task);
  if ('end' in unmeasured) return failed(unmeasured, []);

  const before = sampler.take([process.pid]);
  const began = process.hrtime.bigint();
  const starts: Start[] = [];
  for (let elapsedNs = 0; starts.length < rules.grade.minQueries || elapsedNs < rules.grade.minDurationS * 1e9;) {
    if (signal?.aborted) return failed({ end: { state: 'cancelled', stage: 'measured' } }, starts);
    const start = await startCold(options, task);
    if ('end' in start) return failed(start, starts);
    starts.push(start);
    elapsedNs = Number(process.hrtime.bigint() - began);
    options.onProgress?.({
      type: 'progress',
      process: 0,
      stage: 'measured',
      queries: starts.length,
      elapsedNs,
      remainingNs: Math.max(0, rules.grade.minQueries - starts.length) * (elapsedNs / starts.length),
      latestLatencyNs: Number(start.result.answeredAtNs - start.askedAtNs),
    });
  }
  const { steal } = toLoadShares(before, sampler.take([process.pid]));
  const { harness } = await runOnce(
    options.spawn,
    { kind: 'self-test', identityModel: resourcePath('engine', 'identity.onnx') },
    signal ? { signal } : {},
  );
  const samples = toSeries(starts);
  const summarized = summarize(options, rules.grade.percentiles, starts, samples, harness, {
    otherLoadBefore: quiet.otherLoadBefore.status === 'present' ? quiet.otherLoadBefore.value : null,
    stealShare: steal.status === 'present' ? steal.value : null,
    ...(quiet.foreignGpuProcesses === null ? {} : { foreignGpuProcesses: quiet.foreignGpuProcesses }),
  });
  const measurement = { ...summarized, ...(await findPlacement(options, task.session, null)) };
  const [first] = starts;
  const ran = first && { ...first.result, versions: first.versions };
  return { ...concludeCell(options, rules, measurement, ran), samples: [samples] };
}

function toTask({ prepared, allowedCpus }: MeasureCellOptions): ColdStartTask {
  const { config, inputs, model, batchOutput } = prepared;
  return {
    kind: 'cold-start',
    session: measuredSession(config, model.path, allowedCpus),
    inputs: { path: inputs.path, feeds: inputs.feeds, tensors: inputs.tensors },
    batchOutput,
  };
}

async function startCold(options: MeasureCellOptions, task: ColdStartTask): Promise<Start | Failed> {
  const askedAtNs = process.hrtime.bigint();
  const start = await startEngine(options.spawn);
  const readyAtNs = process.hrtime.bigint();
  if (start.state !== 'ready') return { end: toStartEnd(start) };
  await using engine = start.engine;
  const end: TaskEnd<'cold-start'> = await engine.run(task, {
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.memoryLimitBytes === undefined ? {} : { memoryLimitBytes: options.memoryLimitBytes }),
    deadlines: options.deadlines,
  });
  return end.state === 'done' ? { askedAtNs, readyAtNs, result: end.result, versions: engine.versions } : { end };
}

/** Requests, processes that can take work, and answers, from the first request on. */
function toSeries(starts: readonly Start[]): SampleSeries {
  const origin = starts[0]?.askedAtNs ?? 0n;
  const sinceFirst = (pick: (start: Start) => bigint): Float64Array =>
    Float64Array.from(starts, (start) => Number(pick(start) - origin));
  return {
    scheduledNs: sinceFirst((start) => start.askedAtNs),
    issuedNs: sinceFirst((start) => start.readyAtNs),
    completedNs: sinceFirst((start) => start.result.answeredAtNs),
  };
}

function failed({ end }: Failed, starts: readonly Start[]): MeasuredCell {
  const samples = starts.length > 0 ? [toSeries(starts)] : [];
  return { outcome: toFailedOutcome({ end }, samples), samples, engine: null };
}

function summarize(
  { prepared }: MeasureCellOptions,
  percentiles: readonly number[],
  starts: readonly Start[],
  series: SampleSeries,
  harness: Harness,
  seen: Pick<Disturbance, 'otherLoadBefore' | 'stealShare' | 'foreignGpuProcesses'>,
): Measurement {
  const { batch, seed } = prepared.config;
  const results = starts.map(({ result }) => result);
  const executed = results.map(({ executedBatch }) => executedBatch);
  const differing = executed.find((one) => one !== batch);
  const durationNs = series.completedNs.at(-1) ?? 0;
  const context = {
    samplesPerQuery: batch,
    totalQueries: starts.length,
    keptEvery: 1,
    durationNs,
    percentiles,
    seed,
  };
  const summarized = summarizeProcesses([{ series, context }]);
  // Processes one after another say how long each takes, not how many there could be.
  const summary = { ...summarized.summary, throughput: null };
  const coldStart = readParts(starts);
  return {
    stages: {
      sessionCreationNs: coldStart.sessionCreation.value,
      firstInferenceNs: coldStart.firstInference.value,
      warmUp: { runs: 0, durationNs: 0, steady: true },
    },
    harness,
    disturbance: {
      ...seen,
      // Engines come and go, so that their share cannot be told from that of others.
      otherLoadDuring: null,
      enginePeakRssBytes: Math.max(...results.map(({ peakRssBytes }) => peakRssBytes)),
      engineRssBeforeBytes: Math.min(...results.map(({ rssBeforeBytes }) => rssBeforeBytes)),
    },
    processes: [summary],
    summary,
    betweenProcessSpread: null,
    executedBatch: (differing === undefined ? executed[0] : differing) ?? null,
    threadsUsed: results[0]?.threadsUsed ?? null,
    accuracy: prepared.accuracy,
    expectedOutputs: prepared.expectedOutputs,
    cachingRatio: null,
    coldStart,
  };
}

function readParts(starts: readonly Start[]): ColdStart {
  const part = (pick: (start: Start) => number): Reading => readMedian(Float64Array.from(starts, pick));
  const processNs = ({ askedAtNs, readyAtNs }: Start): number => Number(readyAtNs - askedAtNs);
  return {
    starts: starts.length,
    processStart: part(processNs),
    sessionCreation: part(({ result }) => result.sessionCreationNs),
    firstInference: part(({ result }) => result.firstInferenceNs),
    handOver: part((start) => {
      const { sessionCreationNs, firstInferenceNs, answeredAtNs } = start.result;
      const wholeNs = Number(answeredAtNs - start.askedAtNs);
      return Math.max(0, wholeNs - processNs(start) - sessionCreationNs - firstInferenceNs);
    }),
    pageCache: 'warm',
  };
}

/** The median of times in order, with its interval where the number of them earns one. */
function readMedian(timesNs: Float64Array): Reading {
  const sorted = timesNs.slice().sort();
  const [median] = readPercentiles(timesNs, sorted, [50], [0]);
  if (median?.status === 'earned') return median.reading;
  return {
    value: percentileOfSorted(sorted, 50),
    unit: 'ns',
    kind: 'measured',
    interval: null,
    n: timesNs.length,
  };
}
