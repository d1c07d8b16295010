import type { MeasureResult, MeasureTask } from '../../engine/protocol.ts';
import type { Disturbance, Measurement, SampleSeries } from '../../shared/domain/measurement.ts';
import type { MachineReport } from '../../shared/domain/machine.ts';
import type { Grade, Plan, WarmUpRule } from '../../shared/domain/plan.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import { startEngine, type Deadlines, type EngineProgress, type TaskEnd } from '../engine-client/engine-client.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import { toEngineError } from '../engine-client/explain-failure.ts';
import { measuredSession } from '../engine-client/session-config.ts';
import { createLoadSampler, toLoadShares, type LoadShares, type LoadSnapshot } from '../hardware/load-sampler.ts';
import { resourcePath } from '../resources.ts';
import { summarizeProcesses, type ProcessSeries } from '../stats/summarize-processes.ts';
import type { FinalOutcome } from '../storage/cells.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSampleCollector } from './collect-samples.ts';
import { defaultWarmUp, maxKeptSamples } from './measuring-rules.ts';
import type { PreparedCell } from './prepare-cell.ts';
import { ceilingMacsPerS, macsPerSample } from './plausibility.ts';
import { judgeValidity } from './validity.ts';

/** Time in which other programs are watched before an engine starts. */
const quietWindowMs = 1000;

export interface MeasureCellOptions {
  spawn: SpawnEngine;
  prepared: PreparedCell;
  plan: Plan;
  grade: Grade;
  machine: MachineReport;
  /** What the probe of the provider said it runs on; null on the CPU. */
  device: { device: string; software: boolean | null } | null;
  allowedCpus: number[];
  memoryLimitBytes: number | undefined;
  deadlines: Partial<Deadlines>;
  signal?: AbortSignal;
  onProgress?: (progress: EngineProgress & { process: number }) => void;
}

/** How a configuration ended, with every sample that arrived and what the engine said it was. */
export interface MeasuredCell {
  outcome: FinalOutcome;
  samples: SampleSeries[];
  engine: {
    sessionOptions: Record<string, unknown>;
    versions: { node: string; onnxruntime: string };
    libraries: string[];
    device: string | null;
  } | null;
}

interface ProcessRun {
  end: TaskEnd<'measure'>;
  samples: SampleSeries;
  otherLoadBefore: Observed<number> | null;
  otherLoadDuring: Observed<number> | null;
  stealShare: Observed<number> | null;
  versions: { node: string; onnxruntime: string } | null;
}

/** The grade of a plan with the plan's overrides. */
export function applyOverride(
  grade: Grade,
  override: Plan['override'],
): { grade: Grade; warmUp: WarmUpRule; custom: boolean } {
  return {
    grade: {
      ...grade,
      minDurationS: override?.minDurationS ?? grade.minDurationS,
      minQueries: override?.minQueries ?? grade.minQueries,
    },
    warmUp: override?.warmUp ?? defaultWarmUp,
    custom: override !== undefined && Object.keys(override).length > 0,
  };
}

/**
 * Measures one configuration in a fresh engine process per repeat. Nothing that goes wrong throws: crash, deadline,
 * refusal and cancellation are outcomes, and samples that arrived before are kept with them.
 */
export async function measureCell(options: MeasureCellOptions): Promise<MeasuredCell> {
  const rules = applyOverride(options.grade, options.plan.override);
  const task = toTask(options, rules.grade, rules.warmUp);
  const done: (ProcessRun & { end: { state: 'done'; result: MeasureResult } })[] = [];
  const samples: SampleSeries[] = [];
  for (let process = 0; process < options.plan.repeats; process++) {
    const run = await runProcess(options, task, process);
    if (run.samples.issuedNs.length > 0) samples.push(run.samples);
    if (run.end.state !== 'done' || run.end.result.cancelled)
      return { outcome: toFailedOutcome(run, samples), samples, engine: null };
    done.push(run as (typeof done)[number]);
  }
  const measurement = toMeasurement(options, rules.grade, done);
  const validity = judgeValidity(measurement, {
    config: options.prepared.config,
    grade: rules.grade,
    customRules: rules.custom,
    weightPrecision: options.prepared.model.summary.weightPrecision,
    inputs: options.prepared.inputs,
    warmUpTolerance: rules.warmUp.tolerance,
    softwareAdapter: options.device?.software ?? false,
    macsPerSample: macsPerSample(options.prepared.model.reference, options.prepared.config.dims),
    ceilingMacsPerS: ceilingMacsPerS(options.machine),
  });
  const [first] = done;
  const engine = first?.versions
    ? {
        sessionOptions: first.end.result.sessionOptions,
        versions: first.versions,
        libraries: first.end.result.libraries,
        device: options.device?.device ?? null,
      }
    : null;
  return { outcome: { state: 'completed', measurement, validity }, samples, engine };
}

function toTask({ prepared, plan, allowedCpus }: MeasureCellOptions, grade: Grade, warmUp: WarmUpRule): MeasureTask {
  const { config, inputs } = prepared;
  return {
    kind: 'measure',
    session: measuredSession(config, prepared.model.path, allowedCpus),
    inputs: { path: inputs.path, feeds: inputs.feeds, tensors: inputs.tensors },
    scenario: config.scenario,
    batch: config.batch,
    batchOutput: prepared.batchOutput,
    minDurationS: grade.minDurationS / plan.repeats,
    minQueries: Math.ceil(grade.minQueries / plan.repeats),
    warmUp,
    maxKept: maxKeptSamples,
    identityModel: resourcePath('engine', 'identity.onnx'),
  };
}

async function runProcess(options: MeasureCellOptions, task: MeasureTask, process: number): Promise<ProcessRun> {
  const sampler = createLoadSampler();
  const self = globalThis.process.pid;
  const before = sampler.take([self]);
  const collector = createSampleCollector();
  const nothing = {
    samples: collector.toSeries(),
    otherLoadBefore: null,
    otherLoadDuring: null,
    stealShare: null,
    versions: null,
  };
  const waited = await sleep(quietWindowMs, true, options.signal ? { signal: options.signal } : {}).catch(() => false);
  if (!waited) return { ...nothing, end: { state: 'cancelled', stage: 'start' } };
  const { others } = toLoadShares(before, sampler.take([self]));

  const start = await startEngine(options.spawn);
  if (start.state === 'crashed') return { ...nothing, end: { state: 'crashed', stage: 'start', exit: start.exit } };
  if (start.state === 'timed-out')
    return { ...nothing, end: { state: 'timed-out', stage: 'start', limit: 'start', deadlineS: start.deadlineS } };
  await using engine = start.engine;
  // The load of the measured part alone: it begins and ends with a change of stage.
  const own = [self, engine.pid];
  let began: LoadSnapshot | null = null;
  let during: LoadShares | null = null;
  const end = await engine.run(task, {
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.memoryLimitBytes === undefined ? {} : { memoryLimitBytes: options.memoryLimitBytes }),
    deadlines: options.deadlines,
    onSamples: (block) => {
      collector.add(block);
    },
    onProgress: (progress) => {
      if (progress.stage === 'measured') began ??= sampler.take(own);
      if (progress.stage === 'checks' && began !== null) during ??= toLoadShares(began, sampler.take(own));
      options.onProgress?.({ ...progress, process });
    },
  });
  const shares = during as LoadShares | null;
  return {
    end,
    samples: collector.toSeries(),
    otherLoadBefore: others,
    otherLoadDuring: shares?.others ?? null,
    stealShare: shares?.steal ?? null,
    versions: engine.versions,
  };
}

function toFailedOutcome({ end }: ProcessRun, samples: readonly SampleSeries[]): FinalOutcome {
  const keptSamples = samples.reduce((sum, series) => sum + series.issuedNs.length, 0);
  switch (end.state) {
    case 'done':
      // The engine ends a cancelled task by itself; without a query it had not got beyond warm-up.
      return { state: 'cancelled', stage: end.result.queries > 0 ? 'measured' : 'warm-up', keptSamples };
    case 'cancelled':
      return { state: 'cancelled', stage: end.stage, keptSamples };
    case 'timed-out':
      return { state: 'timed-out', stage: end.stage, limit: end.limit, deadlineS: end.deadlineS, keptSamples };
    case 'crashed':
      return { state: 'crashed', stage: end.stage, exit: end.exit, keptSamples };
    case 'failed':
      return { state: 'failed', failure: toEngineError(end).toFailure() };
  }
}

function toMeasurement(
  { prepared }: MeasureCellOptions,
  grade: Grade,
  done: readonly (ProcessRun & { end: { state: 'done'; result: MeasureResult } })[],
): Measurement {
  const { batch, seed } = prepared.config;
  const series: ProcessSeries[] = done.map(({ samples, end: { result } }) => ({
    series: samples,
    context: {
      samplesPerQuery: result.executedBatch?.min ?? batch,
      totalQueries: result.queries,
      keptEvery: result.keptEvery,
      durationNs: result.durationNs,
      percentiles: grade.percentiles,
      seed,
    },
  }));
  const first = done[0]?.end.result;
  if (first?.harness == null) throw new Error('A measurement without a process or without harness disclosure');
  const batches = done.map(({ end: { result } }) => result.executedBatch);
  // One differing query makes the whole batch wrong, so the value that differs is the one that is reported.
  const executed = batches.map((one) => (one === null ? null : one.min === batch ? one.max : one.min));
  const cachingRatios = done.map(({ end: { result } }) => result.cachingRatio).filter((ratio) => ratio !== null);
  return {
    stages: {
      sessionCreationNs: first.sessionCreationNs,
      firstInferenceNs: first.firstInferenceNs,
      warmUp: { ...first.warmUp, steady: done.every(({ end: { result } }) => result.warmUp.steady) },
    },
    harness: first.harness,
    disturbance: toDisturbance(done),
    ...summarizeProcesses(series),
    executedBatch: executed.find((one) => one !== batch) ?? executed[0] ?? null,
    threadsUsed: first.threadsUsed,
    accuracy: prepared.accuracy,
    expectedOutputs: prepared.expectedOutputs,
    cachingRatio: cachingRatios.length > 0 ? Math.min(...cachingRatios) : null,
  };
}

function toDisturbance(done: readonly (ProcessRun & { end: { result: MeasureResult } })[]): Disturbance {
  const worst = (pick: (run: ProcessRun) => Observed<number> | null): number | null => {
    const values = done.map(pick).flatMap((one) => (one?.status === 'present' ? [one.value] : []));
    return values.length > 0 ? Math.max(...values) : null;
  };
  return {
    otherLoadBefore: worst((run) => run.otherLoadBefore),
    otherLoadDuring: worst((run) => run.otherLoadDuring),
    stealShare: worst((run) => run.stealShare),
    enginePeakRssBytes: Math.max(...done.map(({ end: { result } }) => result.peakRssBytes)),
    engineRssBeforeBytes: Math.min(...done.map(({ end: { result } }) => result.rssBeforeBytes)),
  };
}
