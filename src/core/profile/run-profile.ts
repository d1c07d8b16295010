import type { ProfileResult } from '../../engine/protocol.ts';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { toProfileCommand } from '../../shared/profile.ts';
import { toProfileId, type CellId } from '../../shared/domain/ids.ts';
import type { Placement } from '../../shared/domain/placement.ts';
import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import type { ProfileMessage, ProfilePlan, ProfileRecord, ProfileStage } from '../../shared/domain/profile.ts';
import { profileStageSchema } from '../../shared/domain/profile.ts';
import { present } from '../../shared/domain/provenance.ts';
import { InferometerError } from '../../shared/errors.ts';
import { labelProvider } from '../../shared/placement-label.ts';
import { profileModel } from '../compare/kernels/profile-model.ts';
import { fingerprintMachine } from '../hardware/fingerprint.ts';
import { allowedCpuNumbers } from '../measure/allowed-cpus.ts';
import { refuseUnknownDims, requireModel, requireProvider, resolveModels, type Models } from '../measure/check-plan.ts';
import { clearInputs, defaultMemoryLimit, lockMachine, storeMachine } from '../measure/measuring-scope.ts';
import { readPlacement } from '../measure/placement/read-placement.ts';
import { prepareCell } from '../measure/prepare-cell.ts';
import type { PreparedCell } from '../measure/prepared-cell.ts';
import { toProvenance, type DetectedMachine } from '../measure/provenance.ts';
import type { RunEvent, RunOptions, RunPorts } from '../measure/run-ports.ts';
import { findReferenceModel } from '../models/registry.ts';
import { measuredSession } from '../engine-client/session-config.ts';
import { readModel } from '../onnx/read.ts';
import { diagnose } from './diagnose.ts';
import { groupOperators } from './group-operators.ts';
import { readQueryParts } from './query-parts.ts';
import { readNodes } from './read-nodes.ts';
import { readPasses, variationOf } from './read-passes.ts';
import { findRoofline, type PeakOptions } from './find-roofline.ts';
import { runPass, type PassOptions } from './run-pass.ts';

export interface ProfileOptions
  extends PeakOptions, Pick<RunOptions, 'signal' | 'wait' | 'lockPath' | 'lock' | 'memoryLimitBytes'> {
  /** The measured configuration that the profile belongs to. */
  cellId?: CellId | null;
  onMessage?: (message: ProfileMessage) => void;
  /** Told while another measurement has the machine. */
  onWaiting?: (event: Extract<RunEvent, { type: 'waiting' }>) => void;
}

/** What every part of a profile is made from. */
interface Scope {
  plan: ProfilePlan;
  ports: RunPorts;
  options: ProfileOptions;
  machine: DetectedMachine;
  prepared: PreparedCell;
  passOptions: PassOptions;
}

/**
 * Profiles one configuration: takes the machine's lock, runs its inputs without the profiler and with it, each in a
 * fresh engine, and stores what the nodes, their places and the machine's peaks tell. Nothing of it is a measurement of
 * the model. Throws InferometerError for bad input, a busy machine, engines that fail, unusable storage, and CANCELLED.
 */
export async function runProfile(
  asked: ProfilePlan,
  ports: RunPorts,
  options: ProfileOptions = {},
): Promise<ProfileRecord> {
  const runOptions = toRunOptions(options);
  const isReference = findReferenceModel(asked.model) !== undefined;
  // A file that cannot be run is refused at once, whoever measures now; building a model has to wait its turn.
  const own = isReference ? null : await resolveModels([asked.model], ports, runOptions);
  using _lock = await lockMachine(runOptions);
  using _inputs = clearInputs(ports.directory.temporary);
  const models = own ?? (await resolveModels([asked.model], ports, runOptions));
  refuseUnknownDims(asked, models);
  const plan = withStoredNames(asked, models);
  const report = await ports.detectMachine();
  const machine = storeMachine(report, fingerprintMachine(report), ports);
  const device = plan.provider === 'cpu' ? null : await requireProvider(plan.provider, ports, options.signal);
  const startedMs = performance.now();
  const createdAt = new Date();
  const allowedCpus = allowedCpuNumbers();
  const abort = options.signal ? { signal: options.signal } : {};
  const config: CellConfig = toConfig(plan);
  const { spawn, directory } = ports;
  const prepared = await prepareCell({
    spawn,
    plan,
    model: requireModel(models, plan.model),
    config,
    allowedCpus,
    temporaryFolder: directory.temporary,
    ...abort,
  });
  const passOptions: PassOptions = {
    spawn,
    session: measuredSession(config, prepared.model.path, allowedCpus),
    inputs: prepared.inputs,
    temporaryFolder: directory.temporary,
    memoryLimitBytes: options.memoryLimitBytes ?? defaultMemoryLimit(report),
    ...abort,
  };
  const scope: Scope = { plan, ports, options, machine, prepared, passOptions };
  const found = await examine(scope, allowedCpus);
  const { plain } = found;
  const engine = { ...plain.result, versions: plain.versions, device: device?.device ?? null };
  const record: ProfileRecord = {
    id: toProfileId(createdAt.getTime(), randomBytes(4).readUInt32LE()),
    plan,
    cellId: options.cellId ?? null,
    createdAt: createdAt.toISOString(),
    durationS: (performance.now() - startedMs) / 1000,
    provenance: {
      ...toProvenance(prepared, engine, {
        plan: toPlan(plan),
        app: ports.app,
        machine,
        startedAt: createdAt.toISOString(),
      }),
      command: toProfileCommand(plan),
    },
    ...found.described,
  };
  ports.storage.profiles.create(record);
  options.onMessage?.({ type: 'profiled', record });
  return record;
}

/** The two passes, and everything that they tell. */
async function examine(scope: Scope, allowedCpus: number[]) {
  const { plan, ports, options, prepared, passOptions } = scope;
  const enter = (stage: ProfileStage): void => {
    const stages = profileStageSchema.options;
    options.onMessage?.({ type: 'progress', stage, share: stages.indexOf(stage) / stages.length });
  };
  enter('plain');
  const plain = await runPass(passOptions, { withProfiler: false, withGraph: false });
  enter('profiled');
  const { inputs: pool, ...others } = passOptions;
  const profiled = await profileModel({ ...others, pool });
  enter('counting');
  const source = await readModel(prepared.model.path, options.signal ? { signal: options.signal } : {});
  const nodes = readNodes(profiled, source.graph, prepared.inputs.tensors);
  const passes = readPasses(plain.result.hostNs, profiled.profile.hostNs);
  const placement = requirePlacement(scope, profiled.profile, passes.plain.value);
  const parts = readQueryParts(plan.provider, passes.plain, nodes, profiled.profile.runsNs.length);
  const { roofline, findings } = await findRoofline({
    ...scope,
    ports,
    allowedCpus,
    nodes,
    hostToHost: passes.plain,
    outputBytes: plain.result.outputBytes,
    onPeaks: () => enter('peaks'),
  });
  const diagnoses = diagnose({
    provider: plan.provider,
    placement,
    parts,
    passes,
    measuredVariation: readMeasuredVariation(scope),
  });
  const described = {
    passes,
    placement,
    label: labelProvider(plan.provider, present(placement)),
    parts,
    nodes,
    operators: groupOperators(nodes),
    roofline,
    findings: [...findings, ...diagnoses],
  };
  return { plain, described };
}

/** On the CPU the processor is the device. */
function requirePlacement({ plan }: Scope, result: ProfileResult, plainMedianNs: number): Placement {
  const placement = readPlacement(result, plainMedianNs);
  if (placement === null) {
    throw new InferometerError({
      code: 'ENGINE_FAILED',
      message: 'The profile has no complete run.',
      remedy: 'Profile again; if it happens again, report the model.',
    });
  }
  return plan.provider === 'cpu' ? { ...placement, label: 'device', deviceShare: 1, onCpu: [] } : placement;
}

/** How much the samples of the measured configuration varied; null without one, or without samples. */
function readMeasuredVariation({ options: { cellId }, ports: { storage } }: Scope) {
  if (cellId == null) return null;
  const [first] = storage.series.sizes(cellId);
  if (first === undefined || first.n === 0) return null;
  const { issuedNs, completedNs } = storage.series.get(cellId, first.process);
  const timesNs = completedNs.map((completed, index) => completed - issuedNs[index]!);
  return { coefficient: variationOf(timesNs), n: timesNs.length };
}

function toRunOptions({ onMessage, onWaiting, ...options }: ProfileOptions): RunOptions {
  const { signal, wait, lockPath, lock, memoryLimitBytes } = options;
  return {
    ...(signal ? { signal } : {}),
    ...(wait === undefined ? {} : { wait }),
    ...(lockPath === undefined ? {} : { lockPath }),
    ...(lock === undefined ? {} : { lock }),
    ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
    onEvent: (event) => {
      if (event.type === 'preparing') onMessage?.(event);
      if (event.type === 'waiting') onWaiting?.(event);
    },
  };
}

/** Relative paths become absolute, so that the command repeats it from anywhere. */
function withStoredNames(plan: ProfilePlan, models: Models): ProfilePlan {
  return {
    ...plan,
    model: requireModel(models, plan.model).id,
    inputs: plan.inputs === null ? null : path.resolve(plan.inputs),
  };
}

function toConfig({ model, provider, batch, threads, device, dims, seed }: ProfilePlan): CellConfig {
  const shared = { model, provider, batch, threads, dims, seed, scenario: 'single-stream' as const };
  return device === undefined ? shared : { ...shared, device };
}

/** A plan of the one configuration, which provenance is told by. */
function toPlan({ model, provider, batch, threads, device, dims, seed, inputs }: ProfilePlan): Plan {
  return {
    models: [model],
    providers: [provider],
    scenario: 'single-stream',
    batches: [batch],
    threads: [threads],
    grade: 'quick',
    seed,
    dims,
    inputs,
    repeats: 1,
    ...(device === undefined ? {} : { device }),
  };
}
