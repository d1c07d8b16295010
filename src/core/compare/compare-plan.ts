import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { toCompareCommand } from '../../shared/comparison.ts';
import type {
  ComparisonMessage,
  ComparisonPlan,
  ComparisonRecord,
  ComparisonResult,
  ComparisonSide,
} from '../../shared/domain/comparison.ts';
import { toComparisonId, type ComparisonId } from '../../shared/domain/ids.ts';
import { InferometerError } from '../../shared/errors.ts';
import { fingerprintMachine } from '../hardware/fingerprint.ts';
import { allowedCpuNumbers } from '../measure/allowed-cpus.ts';
import { refuseUnknownDims, requireModel, requireProvider, resolveModels, type Models } from '../measure/check-plan.ts';
import { clearInputs, defaultMemoryLimit, lockMachine, storeMachine } from '../measure/measuring-scope.ts';
import type { DetectedMachine } from '../measure/provenance.ts';
import type { RunEvent, RunOptions, RunPorts } from '../measure/run-ports.ts';
import { findReferenceModel } from '../models/registry.ts';
import { adjustSpeeds } from './adjust-speeds.ts';
import { gatherEvidence, withoutEvidence, type Evidence } from './gather-evidence.ts';
import { prepareSide, type PreparedSide, type SideInputs } from './prepare-sides.ts';
import { chooseResidence } from './speed/choose-residence.ts';
import { defaultSpeedRules, measureSpeed, type MeasuredSpeed, type SpeedRules } from './speed/measure-speed.ts';
import type { PairSide } from './speed/pair-source.ts';
import { findInSpeed } from './speed/speed-findings.ts';

export interface CompareOptions extends Pick<RunOptions, 'signal' | 'wait' | 'lockPath' | 'lock' | 'memoryLimitBytes'> {
  onMessage?: (message: ComparisonMessage) => void;
  /** Told while another measurement has the machine. */
  onWaiting?: (event: Extract<RunEvent, { type: 'waiting' }>) => void;
  /** Other rules than those of the method, for tests and tools. */
  rules?: SpeedRules;
  /** False: speed alone. */
  evidence?: boolean;
}

interface Device {
  device: string;
  software: boolean | null;
}

/** What all candidates of a plan have in common. */
interface Scope {
  plan: ComparisonPlan;
  ports: RunPorts;
  options: CompareOptions;
  models: Models;
  machine: DetectedMachine;
  allowedCpus: number[];
  baseline: PreparedSide;
  baselineDevice: Device | null;
  groupId: ComparisonId;
}

/**
 * Carries out a plan: takes the machine's lock, resolves the models, measures every candidate against the baseline and
 * stores each as soon as it is known; several are judged together at the end and then sent once more. When cancelled,
 * what is known is stored and CANCELLED thrown only if there is nothing. Throws InferometerError for bad input, a busy
 * machine and unusable storage.
 */
export async function comparePlan(
  asked: ComparisonPlan,
  ports: RunPorts,
  options: CompareOptions = {},
): Promise<ComparisonRecord[]> {
  const names = [...new Set([asked.baseline, ...asked.candidates].map(({ model }) => model))];
  const runOptions = toRunOptions(options);
  const isReference = (name: string): boolean => findReferenceModel(name) !== undefined;
  // A file that cannot be run is refused at once, whoever measures now; building models has to wait its turn.
  const own = await resolveModels(
    names.filter((name) => !isReference(name)),
    ports,
    runOptions,
  );
  using _lock = await lockMachine(runOptions);
  using _inputs = clearInputs(ports.directory.temporary);
  const models = new Map([...own, ...(await resolveModels(names.filter(isReference), ports, runOptions))]);
  refuseUnknownDims(asked, models);
  const plan = withStoredNames(asked, models);
  const report = await ports.detectMachine();
  const machine = storeMachine(report, fingerprintMachine(report), ports);
  const allowedCpus = allowedCpuNumbers();
  const baselineDevice = await findDevice(plan.baseline, ports, options);
  const baseline = await prepare(plan, plan.baseline, 0, models, ports, allowedCpus, null, options.signal);
  const groupId = createId();
  const scope = { plan, ports, options, models, machine, allowedCpus, baseline, baselineDevice, groupId };
  const records: ComparisonRecord[] = [];
  for (const [index] of plan.candidates.entries()) {
    if (options.signal?.aborted) break;
    records.push(await compareCandidate(index, scope));
  }
  return judgeTogether(records, scope);
}

function toRunOptions({ onMessage, onWaiting, ...options }: CompareOptions): RunOptions {
  return {
    ...options,
    onEvent: (event) => {
      if (event.type === 'preparing') onMessage?.(event);
      if (event.type === 'waiting') onWaiting?.(event);
    },
  };
}

/** Relative paths become absolute, so that the command repeats it from anywhere. */
function withStoredNames(plan: ComparisonPlan, models: Models): ComparisonPlan {
  const toStored = (side: ComparisonSide): ComparisonSide => ({ ...side, model: requireModel(models, side.model).id });
  return {
    ...plan,
    baseline: toStored(plan.baseline),
    candidates: plan.candidates.map(toStored),
    data: plan.data === null ? null : path.resolve(plan.data),
  };
}

function createId(): ComparisonId {
  return toComparisonId(Date.now(), randomBytes(4).readUInt32LE());
}

function findDevice({ provider }: ComparisonSide, ports: RunPorts, { signal }: CompareOptions): Promise<Device | null> {
  return provider === 'cpu' ? Promise.resolve(null) : requireProvider(provider, ports, signal);
}

function prepare(
  plan: ComparisonPlan,
  side: ComparisonSide,
  index: number,
  models: Models,
  ports: RunPorts,
  allowedCpus: number[],
  like: SideInputs | null,
  signal: AbortSignal | undefined,
): Promise<PreparedSide> {
  // A name that clearing inputs knows.
  const target = path.join(ports.directory.temporary, `inputs-${process.pid}-${index}.bin`);
  const model = requireModel(models, side.model);
  return prepareSide(side, model, { plan, allowedCpus, target, ...(signal ? { signal } : {}) }, like);
}

/** Measures one candidate and stores what is known of it. */
async function compareCandidate(index: number, scope: Scope): Promise<ComparisonRecord> {
  const { plan, ports, options, models, allowedCpus, baseline } = scope;
  const startedMs = performance.now();
  const createdAt = new Date();
  const side = plan.candidates[index]!;
  const device = await findDevice(side, ports, options);
  const candidate = await prepare(plan, side, index + 1, models, ports, allowedCpus, baseline.inputs, options.signal);
  const measured = await measureCandidate(index, candidate, scope);
  const evidence = await gatherUnlessCancelled(index, candidate, measured, scope);
  const record: ComparisonRecord = {
    id: index === 0 ? scope.groupId : createId(),
    groupId: scope.groupId,
    plan,
    candidate: index,
    createdAt: createdAt.toISOString(),
    durationS: (performance.now() - startedMs) / 1000,
    app: ports.app,
    onnxruntime: measured.onnxruntime,
    machineSha256: scope.machine.sha256,
    machineFingerprint: scope.machine.fingerprint,
    command: toCompareCommand({ ...plan, candidates: [side] }),
    result: toResult(measured, evidence, { ...scope, candidate, device }),
  };
  const { pairs, series } = measured;
  ports.storage.comparisons.create([{ record, samples: { pairs, series } }]);
  options.onMessage?.({ type: 'compared', record });
  return record;
}

function measureCandidate(index: number, candidate: PreparedSide, scope: Scope): Promise<MeasuredSpeed> {
  const { plan, ports, options, baseline, machine } = scope;
  const limitBytes = options.memoryLimitBytes ?? defaultMemoryLimit(machine.report);
  const { residence, reason } = chooseResidence({
    modelBytes: [baseline.model.summary.sizeBytes, candidate.model.summary.sizeBytes],
    inputBytes: [poolBytes(baseline), poolBytes(candidate)],
    limitBytes,
  });
  return measureSpeed({
    spawn: ports.spawn,
    sides: [toPairSide(baseline), toPairSide(candidate)],
    residence,
    residenceReason: reason,
    margin: plan.margin,
    maxDurationS: plan.maxDurationS,
    rules: options.rules ?? defaultSpeedRules,
    memoryLimitBytes: limitBytes,
    ...(options.signal ? { signal: options.signal } : {}),
    onProgress: (progress) => options.onMessage?.({ type: 'progress', candidate: index, ...progress }),
  });
}

function toPairSide({ session, inputs, batchOutput }: PreparedSide): PairSide {
  return { session, inputs: inputs.pool, batchOutput };
}

function poolBytes({ inputs: { pool } }: PreparedSide): number {
  return pool.feeds * pool.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** A comparison that is stopped between its pairs and its evidence keeps the pairs. */
async function gatherUnlessCancelled(
  index: number,
  candidate: PreparedSide,
  measured: MeasuredSpeed,
  { plan, ports, options, baseline }: Scope,
): Promise<Evidence> {
  const { signal } = options;
  if (options.evidence === false || signal?.aborted) return withoutEvidence(baseline, candidate);
  const { pairs, speedup } = measured.speed;
  try {
    return await gatherEvidence({
      spawn: ports.spawn,
      baseline,
      candidate,
      batch: plan.batch,
      temporaryFolder: ports.directory.temporary,
      ...(signal ? { signal } : {}),
      onStage: (stage) =>
        options.onMessage?.({
          type: 'progress',
          candidate: index,
          stage,
          pairs,
          speedup,
          remainingS: null,
        }),
    });
  } catch (error) {
    if (signal?.aborted) return withoutEvidence(baseline, candidate);
    throw error;
  }
}

function toResult(
  measured: MeasuredSpeed,
  evidence: Evidence,
  scope: Scope & { candidate: PreparedSide; device: Device | null },
): ComparisonResult {
  const { plan, baseline, candidate, baselineDevice, device } = scope;
  const { conditions, speed } = measured;
  const found = findInSpeed({
    measured,
    sides: [baseline, candidate],
    devices: [baselineDevice, device],
    batch: plan.batch,
  });
  return {
    speed,
    conditions: {
      ...conditions,
      baseline: { ...conditions.baseline, inputs: toInputs(baseline), device: baselineDevice?.device ?? null },
      candidate: { ...conditions.candidate, inputs: toInputs(candidate), device: device?.device ?? null },
    },
    baseline: evidence.baseline,
    candidate: evidence.candidate,
    quality: evidence.quality,
    findings: [...evidence.findings, ...found],
  };
}

function toInputs({ inputs: { pool, labels } }: PreparedSide) {
  const { seed, sha256, distinctSamples, remarks, source } = pool;
  return { source: labels === null ? source : ('labelled' as const), seed, sha256, distinct: distinctSamples, remarks };
}

/** Several comparisons of one plan are many tests, so that chance finds more differences: they are judged together. */
function judgeTogether(records: ComparisonRecord[], { ports, options }: Scope): ComparisonRecord[] {
  const adjusted = adjustSpeeds(records);
  if (adjusted !== null) {
    ports.storage.comparisons.update(adjusted);
    for (const record of adjusted) options.onMessage?.({ type: 'compared', record });
    return adjusted;
  }
  if (records.length > 0) return records;
  throw new InferometerError({
    code: 'CANCELLED',
    message: 'The comparison was cancelled before it knew anything.',
    remedy: 'Start it again when convenient.',
  });
}
