import { setTimeout as sleep } from 'node:timers/promises';
import type { MeasureResult, MeasureTask } from '../../engine/protocol.ts';
import type { Disturbance, ForeignGpuProcess, SampleSeries } from '../../shared/domain/measurement.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import type { Telemetry } from '../../shared/domain/telemetry.ts';
import { startEngine, type StartEnd, type TaskEnd } from '../engine-client/engine-client.ts';
import { toEngineError } from '../engine-client/explain-failure.ts';
import { createLoadSampler, toLoadShares, type LoadShares, type LoadSnapshot } from '../hardware/load-sampler.ts';
import type { FinalOutcome } from '../storage/cells.ts';
import { findForeignGpuProcesses } from '../telemetry/foreign-gpu-processes.ts';
import { createSampleCollector } from './collect-samples.ts';
import type { MeasureCellOptions } from './cell-options.ts';
import { refuseForeignLoad } from './foreign-load.ts';
import { createSuspensionWatch } from './watch-suspension.ts';
import type { SensorMoment } from './watch-sensors.ts';

/** Time in which other programs are watched before an engine starts. */
const quietWindowMs = 1000;
/** The same before a trial of a search, of which there are many and which nobody quotes. */
const trialWindowMs = 250;

/** One engine process: how its task ended, what it sent, and what else the machine did. */
export interface ProcessRun {
  end: TaskEnd<'measure'>;
  samples: SampleSeries;
  otherLoadBefore: Observed<number> | null;
  otherLoadDuring: Observed<number> | null;
  stealShare: Observed<number> | null;
  /** During the measured part. */
  suspendedNs: number;
  /** Who computed on its GPU before it started; null where nothing tells. */
  foreignGpuProcesses: ForeignGpuProcess[] | null;
  /** What the sensors read at the beginning and the end of the quiet second before it started. */
  quiet: readonly [SensorMoment, SensorMoment] | null;
  /** What they read in its measured part; null before that. */
  telemetry: Telemetry | null;
  versions: { node: string; onnxruntime: string } | null;
}

/** A process that measured to the end. */
export type DoneRun = ProcessRun & { end: { state: 'done'; result: MeasureResult } };

/** Cancelled before an engine was there. */
export const cancelledAtStart = { state: 'cancelled', stage: 'start' } as const;

/** A process of which nothing is known but how it ended. */
export function withoutSamples(end: ProcessRun['end']): ProcessRun {
  return {
    end,
    samples: createSampleCollector().toSeries(),
    otherLoadBefore: null,
    otherLoadDuring: null,
    stealShare: null,
    suspendedNs: 0,
    foreignGpuProcesses: null,
    quiet: null,
    telemetry: null,
    versions: null,
  };
}

/** How a start ended that gave no engine. */
export function toStartEnd(start: Exclude<StartEnd, { state: 'ready' }>): ProcessRun['end'] {
  return start.state === 'crashed'
    ? { state: 'crashed', stage: 'start', exit: start.exit }
    : { state: 'timed-out', stage: 'start', limit: 'start', deadlineS: start.deadlineS };
}

/** What the machine did just before engines were started. */
export type Before = Pick<ProcessRun, 'quiet' | 'foreignGpuProcesses'> & { otherLoadBefore: Observed<number> };

/**
 * Watches the machine for a second before engines start; null: cancelled meanwhile. Throws FOREIGN_LOAD for a plan that
 * asks to measure alone, before the first process of a configuration.
 */
export async function watchBefore(
  { device, plan, prepared: { config }, sensors, signal }: MeasureCellOptions,
  sampler: ReturnType<typeof createLoadSampler>,
  process = 0,
): Promise<Before | null> {
  // The one before has ended, and its number may be another's by now.
  sensors.setEngines([]);
  const quietBegan = await sensors.takeNow();
  const self = globalThis.process.pid;
  const before = sampler.take([self]);
  const windowMs = config.trial?.purpose === 'search' ? trialWindowMs : quietWindowMs;
  const waited = await sleep(windowMs, true, signal ? { signal } : {}).catch(() => false);
  if (!waited) return null;
  const { others } = toLoadShares(before, sampler.take([self]));
  const quiet = [quietBegan, await sensors.takeNow()] as const;
  const onGpu = await findForeignGpuProcesses({ config, software: device?.software ?? null });
  const foreignGpuProcesses = onGpu.status === 'present' ? onGpu.value : null;
  if (plan.exclusive === true && process === 0) refuseForeignLoad(others, foreignGpuProcesses ?? []);
  return { otherLoadBefore: others, quiet, foreignGpuProcesses };
}

/** Measures in one fresh engine. Nothing that goes wrong throws, but FOREIGN_LOAD of a plan that asks for it. */
export async function runProcess(options: MeasureCellOptions, task: MeasureTask, process: number): Promise<ProcessRun> {
  const sampler = createLoadSampler();
  const self = globalThis.process.pid;
  const collector = createSampleCollector();
  const before = await watchBefore(options, sampler, process);
  if (before === null) return withoutSamples(cancelledAtStart);
  const start = await startEngine(options.spawn);
  if (start.state !== 'ready') return withoutSamples(toStartEnd(start));
  await using engine = start.engine;
  options.sensors.setEngines([engine.pid]);
  // The load of the measured part alone: it begins and ends with a change of stage.
  const own = [self, engine.pid];
  let began: LoadSnapshot | null = null;
  let during: LoadShares | null = null;
  using suspension = createSuspensionWatch(engine.pid);
  const end = await engine.run(task, {
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.memoryLimitBytes === undefined ? {} : { memoryLimitBytes: options.memoryLimitBytes }),
    deadlines: options.deadlines,
    onSamples: (block) => {
      collector.add(block);
    },
    onProgress: (progress) => {
      suspension.progressed(progress.stage);
      if (progress.stage === 'measured') began ??= sampler.take(own);
      if (progress.stage === 'checks' && began !== null) during ??= toLoadShares(began, sampler.take(own));
      options.onProgress?.({ ...progress, process });
    },
  });
  const shares = during as LoadShares | null;
  return {
    end,
    samples: collector.toSeries(),
    ...before,
    otherLoadDuring: shares?.others ?? null,
    stealShare: shares?.steal ?? null,
    suspendedNs: suspension.suspendedNs(),
    telemetry: options.sensors.telemetry().get(process) ?? null,
    versions: engine.versions,
  };
}

/** How a task ended, of those that can be the end of a configuration. */
type FailedRun = Pick<ProcessRun, 'end'>;

/** The outcome of a configuration one of whose processes did not measure to the end. */
export function toFailedOutcome({ end }: FailedRun, samples: readonly SampleSeries[]): FinalOutcome {
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

/** The worst that was seen of other programs, and the memory of the engines. */
export function toDisturbance(done: readonly DoneRun[]): Disturbance {
  const worst = (pick: (run: ProcessRun) => Observed<number> | null): number | null => {
    const values = done.map(pick).flatMap((one) => (one?.status === 'present' ? [one.value] : []));
    return values.length > 0 ? Math.max(...values) : null;
  };
  const foreign = done.flatMap(({ foreignGpuProcesses }) => foreignGpuProcesses ?? []);
  const suspendedNs = done.reduce((sum, run) => sum + run.suspendedNs, 0);
  const isGpuTold = done.some(({ foreignGpuProcesses }) => foreignGpuProcesses !== null);
  return {
    otherLoadBefore: worst((run) => run.otherLoadBefore),
    otherLoadDuring: worst((run) => run.otherLoadDuring),
    stealShare: worst((run) => run.stealShare),
    ...(suspendedNs > 0 ? { suspendedNs } : {}),
    enginePeakRssBytes: Math.max(...done.map(({ end: { result } }) => result.peakRssBytes)),
    engineRssBeforeBytes: Math.min(...done.map(({ end: { result } }) => result.rssBeforeBytes)),
    ...(isGpuTold ? { foreignGpuProcesses: [...new Map(foreign.map((one) => [one.pid, one])).values()] } : {}),
  };
}
