import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { toCompareCommand } from '../../shared/comparison.ts';
import type {
  ComparisonMessage,
  ComparisonPlan,
  ComparisonRecord,
  ComparisonResult,
  ComparisonSide,
  SideEvidence,
  Speed,
} from '../../shared/domain/comparison.ts';
import { toComparisonId, type ComparisonId } from '../../shared/domain/ids.ts';
import type { Finding } from '../../shared/domain/measurement.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import { InferometerError } from '../../shared/errors.ts';
import { requireModel, requireProvider, type Models } from '../measure/check-plan.ts';
import { defaultMemoryLimit } from '../measure/measuring-scope.ts';
import type { DetectedMachine } from '../measure/provenance.ts';
import type { RunEvent, RunOptions, RunPorts } from '../measure/run-ports.ts';
import { explainComparison } from './causes/explain-comparison.ts';
import { gatherEvidence, withoutEvidence, type Evidence } from './gather-evidence.ts';
import type { ExaminedSide } from './kernels/examine-side.ts';
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
export interface Scope {
  plan: ComparisonPlan;
  ports: RunPorts;
  options: CompareOptions;
  models: Models;
  machine: DetectedMachine;
  allowedCpus: number[];
  baseline: PreparedSide;
  /** What each provider of the plan runs on; null for the CPU. */
  devices: ReadonlyMap<ProviderId, Device | null>;
  groupId: ComparisonId;
}

/** A new id; the first of a plan names the group. */
export function createId(): ComparisonId {
  return toComparisonId(Date.now(), randomBytes(4).readUInt32LE());
}

/** What the providers of a plan run on, found before anything is measured. Throws PROVIDER_UNAVAILABLE. */
export async function findDevices(
  { baseline, candidates }: ComparisonPlan,
  ports: RunPorts,
  { signal }: CompareOptions,
): Promise<Scope['devices']> {
  const devices = new Map<ProviderId, Device | null>();
  for (const { provider } of [baseline, ...candidates]) {
    if (devices.has(provider)) continue;
    devices.set(provider, provider === 'cpu' ? null : await requireProvider(provider, ports, signal));
  }
  return devices;
}

/** Makes a side ready under the number of its place in the plan, 0 for the baseline. */
export function prepare(
  side: ComparisonSide,
  place: number,
  { plan, ports, models, allowedCpus, options: { signal } }: Omit<Scope, 'baseline'>,
  like: SideInputs | null,
): Promise<PreparedSide> {
  // A name that clearing inputs knows.
  const target = path.join(ports.directory.temporary, `inputs-${process.pid}-${place}.bin`);
  const model = requireModel(models, side.model);
  return prepareSide(side, model, { plan, allowedCpus, target, ...(signal ? { signal } : {}) }, like);
}

/** A stored comparison, and what it says where its verdict becomes another; null where nothing was measured. */
export interface Compared {
  record: ComparisonRecord;
  resultFor: ((verdict: Speed['verdict']) => ComparisonResult) | null;
}

/** A candidate with the speed that was measured. */
interface MeasuredCandidate extends MeasuredSpeed {
  candidate: PreparedSide;
}

/** Why nothing could be measured. */
interface Refusal {
  speed: null;
  finding: Finding;
}

/**
 * Measures one candidate, stores what is known of it, and says so. One of several that cannot be measured has a record
 * with the reason; a single one throws it.
 */
export async function compareCandidate(index: number, scope: Scope): Promise<Compared> {
  const { plan, ports, options } = scope;
  const startedMs = performance.now();
  const createdAt = new Date();
  const side = plan.candidates[index]!;
  const { samples, resultFor, result } = await concludeCandidate(
    index,
    await measureUnlessRefused(index, scope),
    scope,
  );
  const record: ComparisonRecord = {
    id: index === 0 ? scope.groupId : createId(),
    groupId: scope.groupId,
    plan,
    candidate: index,
    createdAt: createdAt.toISOString(),
    durationS: (performance.now() - startedMs) / 1000,
    app: ports.app,
    onnxruntime: samples?.onnxruntime ?? 'unknown',
    machineSha256: scope.machine.sha256,
    machineFingerprint: scope.machine.fingerprint,
    command: toCompareCommand({ ...plan, candidates: [side] }),
    result,
  };
  ports.storage.comparisons.create([{ record, samples }]);
  options.onMessage?.({ type: 'compared', record });
  return { record, resultFor };
}

async function measureUnlessRefused(index: number, scope: Scope): Promise<MeasuredCandidate | Refusal> {
  const { plan, baseline } = scope;
  try {
    const candidate = await prepare(plan.candidates[index]!, index + 1, scope, baseline.inputs);
    return { candidate, ...(await measureCandidate(index, candidate, scope)) };
  } catch (error) {
    const isExpected = error instanceof InferometerError && error.code !== 'CANCELLED';
    if (!isExpected || plan.candidates.length === 1) throw error;
    const { code, message, remedy } = error;
    return { speed: null, finding: { code, severity: 'invalid', reason: message, remedy } };
  }
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

/** A comparison that is stopped between its pairs and its evidence, or whose evidence fails, keeps the pairs. */
async function gather(
  index: number,
  { candidate, speed: { pairs, speedup } }: MeasuredCandidate,
  { plan, ports, options, baseline }: Scope,
): Promise<Evidence> {
  const { signal } = options;
  const nothing = (failure?: InferometerError): Evidence => withoutEvidence(baseline.model, candidate.model, failure);
  if (options.evidence === false || signal?.aborted) return nothing();
  try {
    return await gatherEvidence({
      spawn: ports.spawn,
      baseline,
      candidate,
      batch: plan.batch,
      temporaryFolder: ports.directory.temporary,
      ...(signal ? { signal } : {}),
      onStage: (stage) =>
        options.onMessage?.({ type: 'progress', candidate: index, stage, pairs, speedup, remainingS: null }),
    });
  } catch (error) {
    if (signal?.aborted) return nothing();
    if (error instanceof InferometerError) return nothing(error);
    throw error;
  }
}

/** What a candidate that was not measured has in its record. */
function toRefused({ finding }: Refusal, side: ComparisonSide, { baseline, models }: Scope): ComparisonResult {
  const { quality, ...sides } = withoutEvidence(baseline.model, requireModel(models, side.model));
  return {
    speed: null,
    conditions: null,
    baseline: sides.baseline,
    candidate: sides.candidate,
    quality,
    findings: [finding],
  };
}

/** The result of a candidate with its samples, where it has any. */
async function concludeCandidate(index: number, measured: MeasuredCandidate | Refusal, scope: Scope) {
  if (measured.speed === null) {
    return { samples: null, resultFor: null, result: toRefused(measured, scope.plan.candidates[index]!, scope) };
  }
  const resultFor = await explainable(index, measured, scope);
  return { samples: measured, resultFor, result: resultFor(measured.speed.verdict) };
}

/** Gathers the evidence and returns the result for a verdict: that of the pairs, or the one after adjustment. */
async function explainable(index: number, measured: MeasuredCandidate, scope: Scope) {
  const { plan, baseline, devices } = scope;
  const { candidate, conditions, speed } = measured;
  const evidence = await gather(index, measured, scope);
  const [baselineDevice, device] = [devices.get(plan.baseline.provider), devices.get(candidate.side.provider)];
  const found = findInSpeed({
    measured,
    sides: [baseline, candidate],
    devices: [baselineDevice ?? null, device ?? null],
    batch: plan.batch,
  });
  return (verdict: Speed['verdict']): ComparisonResult => ({
    speed,
    conditions: {
      ...conditions,
      baseline: { ...conditions.baseline, inputs: toInputs(baseline), device: baselineDevice?.device ?? null },
      candidate: { ...conditions.candidate, inputs: toInputs(candidate), device: device?.device ?? null },
    },
    baseline: evidence.baseline,
    candidate: evidence.candidate,
    quality: evidence.quality,
    findings: [
      ...explain(verdict, conditions.otherLoadDuring, evidence, candidate, scope),
      ...evidence.findings,
      ...found,
    ],
  });
}

/** Why it is not faster, and what takes the verdict its meaning: needs both sides examined. */
function explain(
  verdict: Speed['verdict'],
  otherLoad: number | null,
  { baseline, candidate, examined, saturates, quality }: Evidence,
  prepared: PreparedSide,
  scope: Scope,
): Finding[] {
  if (examined === null) return [];
  const toSide = ({ side }: PreparedSide, { weightPrecision, kernels }: SideEvidence, one: ExaminedSide) => ({
    provider: side.provider,
    threads: side.threads,
    weightPrecision,
    facts: one.facts,
    kernels,
    products: one.products,
  });
  return explainComparison({
    verdict,
    baseline: toSide(scope.baseline, baseline, examined.baseline),
    candidate: toSide(prepared, candidate, examined.candidate),
    machine: scope.machine.report,
    saturates,
    otherLoad,
    quality,
  });
}

function toInputs({ inputs: { pool, labels } }: PreparedSide) {
  const { seed, sha256, distinctSamples, remarks, source } = pool;
  return { source: labels === null ? source : ('labelled' as const), seed, sha256, distinct: distinctSamples, remarks };
}
