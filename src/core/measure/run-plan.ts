import { randomBytes } from 'node:crypto';
import { toRunId, type RunId } from '../../shared/domain/ids.ts';
import type { CellConfig, Plan } from '../../shared/domain/plan.ts';
import type { CellRecord, CellState, RunState } from '../../shared/domain/run.ts';
import { InferometerError } from '../../shared/errors.ts';
import { readCpuTemperatureC } from '../hardware/cpu-temperature.ts';
import { fingerprintMachine } from '../hardware/fingerprint.ts';
import { findReferenceModel } from '../models/registry.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';
import type { FinalOutcome } from '../storage/cells.ts';
import { allowedCpuNumbers } from './allowed-cpus.ts';
import {
  identifyFiles,
  requireProvider,
  refuseBadInput,
  refuseChangedFiles,
  requireModel,
  resolveModels,
  withResolvedIds,
  type Models,
} from './check-plan.ts';
import { coolDown } from './cooldown.ts';
import { expandPlan } from './expand-plan.ts';
import { grades } from '../../shared/domain/grades.ts';
import { measureCell, type MeasuredCell } from './measure-cell.ts';
import { clearInputs, defaultMemoryLimit, lockMachine, storeMachine } from './measuring-scope.ts';
import { prepareCell, type PreparedCell } from './prepare-cell.ts';
import { thisProcess } from './process-identity.ts';
import { toProvenance, type DetectedMachine } from './provenance.ts';
import type { RunOptions, RunPorts } from './run-ports.ts';
import { watchSensors } from './watch-sensors.ts';

/**
 * Measures a plan: takes the machine's lock, resolves and checks every model before anything is stored, then measures
 * one configuration after another and stores each as soon as it ends. Configurations that go wrong are results; the
 * rest of the plan goes on. Throws InferometerError for bad input, a busy machine and unusable storage.
 */
export async function runPlan(plan: Plan, ports: RunPorts, options: RunOptions = {}): Promise<RunId> {
  // A file that cannot be measured is refused at once, whoever measures now; building models has to wait its turn.
  const isReference = (name: string): boolean => findReferenceModel(name) !== undefined;
  const own = await resolveModels(
    plan.models.filter((name) => !isReference(name)),
    ports,
    options,
  );
  using _lock = await lockMachine(options);
  using _inputs = clearInputs(ports.directory.temporary);
  const configs = expandPlan(plan);
  const models = new Map([...own, ...(await resolveModels(plan.models.filter(isReference), ports, options))]);
  const { configs: named, plan: storedPlan } = withResolvedIds(plan, configs, models);
  await refuseBadInput(storedPlan, named, models, ports, options);
  const files = await identifyFiles(storedPlan, models);
  const report = await ports.detectMachine();
  const machine = storeMachine(report, fingerprintMachine(report), ports);
  const createdAt = new Date();
  const runId = toRunId(createdAt.getTime(), randomBytes(4).readUInt32LE());
  ports.storage.runs.create(
    {
      id: runId,
      plan: storedPlan,
      files,
      machineSha256: machine.sha256,
      createdAt: createdAt.toISOString(),
      owner: thisProcess(),
    },
    named,
  );
  await measurePending(runId, machine, models, ports, options);
  return runId;
}

/** Goes on with a run that was interrupted or cancelled: what has a result keeps it, everything else is measured. */
export async function resumePlan(runId: RunId, ports: RunPorts, options: RunOptions = {}): Promise<RunId> {
  using _lock = await lockMachine(options);
  using _inputs = clearInputs(ports.directory.temporary);
  const { storage } = ports;
  const run = storage.runs.get(runId);
  const report = await ports.detectMachine();
  const fingerprint = fingerprintMachine(report);
  if (fingerprint !== storage.machines.get(run.machineSha256).fingerprint) {
    throw new InferometerError({
      code: 'USAGE',
      message: `The run ${runId} was begun on another machine, or the hardware has changed since.`,
      remedy: 'Start the plan anew, so that its results belong to one machine.',
    });
  }
  const models = await resolveModels(run.plan.models, ports, options);
  refuseChangedFiles(run, await identifyFiles(run.plan, models));
  const unfinished = storage.cells.ofRun(runId).filter(({ outcome }) => isUnfinished(outcome.state));
  await refuseBadInput(
    run.plan,
    unfinished.map(({ config }) => config),
    models,
    ports,
    options,
  );
  const machine = storeMachine(report, fingerprint, ports);
  storage.runs.resume(runId, thisProcess());
  storage.cells.reset(runId, ['cancelled', 'running']);
  await measurePending(runId, machine, models, ports, options);
  return runId;
}

function isUnfinished(state: CellState): boolean {
  return state === 'pending' || state === 'running' || state === 'cancelled';
}

/** Measures what is pending. A crash of this process leaves the run "running" with an owner that is gone. */
async function measurePending(
  runId: RunId,
  machine: DetectedMachine,
  models: Models,
  ports: RunPorts,
  options: RunOptions,
): Promise<void> {
  const { storage } = ports;
  const startC = await readCpuTemperatureC();
  const { plan } = storage.runs.get(runId);
  const records = storage.cells.ofRun(runId);
  const pending = records.filter(({ outcome }) => outcome.state === 'pending');
  options.onEvent?.({ type: 'started', runId, cells: records.map(({ config }) => config), pending: pending.length });
  let state: Exclude<RunState, 'running'> = 'completed';
  try {
    for (const record of pending) {
      if (record !== pending[0]) await coolDown(startC, options.signal);
      if (options.signal?.aborted) break;
      await measureAndStore(record, plan, machine, requireModel(models, record.config.model), ports, options);
    }
    if (options.signal?.aborted) state = 'cancelled';
  } catch (error) {
    state = 'interrupted';
    throw error;
  } finally {
    storage.runs.markState(runId, state, new Date().toISOString());
  }
  options.onEvent?.({ type: 'finished', runId, state });
}

async function measureAndStore(
  { id, index, config }: CellRecord,
  plan: Plan,
  machine: DetectedMachine,
  model: ResolvedModel,
  ports: RunPorts,
  options: RunOptions,
): Promise<void> {
  const startedAt = new Date().toISOString();
  ports.storage.cells.start(id, startedAt);
  options.onEvent?.({ type: 'cell-started', index, config });
  const { prepared, measured } = await prepareAndMeasure(config, index, plan, machine, model, ports, options);
  const provenance =
    prepared !== null && measured.engine !== null
      ? toProvenance(prepared, measured.engine, { plan, app: ports.app, machine, startedAt })
      : null;
  try {
    const result = { outcome: measured.outcome, provenance, endedAt: new Date().toISOString() };
    ports.storage.cells.finish(id, result, measured.samples);
  } catch (error) {
    options.onEvent?.({ type: 'unsaved', index, outcome: measured.outcome });
    throw error;
  }
  options.onEvent?.({ type: 'cell-finished', index, record: ports.storage.cells.get(id) });
}

interface PreparedAndMeasured {
  prepared: PreparedCell | null;
  measured: MeasuredCell;
}

/** An expected failure while preparing belongs to this configuration alone and is its outcome. */
async function prepareAndMeasure(
  config: CellConfig,
  index: number,
  plan: Plan,
  machine: DetectedMachine,
  model: ResolvedModel,
  ports: RunPorts,
  options: RunOptions,
): Promise<PreparedAndMeasured> {
  const { signal } = options;
  const abort = signal ? { signal } : {};
  const allowedCpus = allowedCpuNumbers();
  try {
    const device = config.provider === 'cpu' ? null : await requireProvider(config.provider, ports, signal);
    const temporaryFolder = ports.directory.temporary;
    const prepared = await prepareCell({
      spawn: ports.spawn,
      plan,
      model,
      config,
      allowedCpus,
      temporaryFolder,
      ...abort,
    });
    await using watch = await watchSensors(
      { config, allowedCpus, software: device?.software ?? null },
      options.sensors,
    );
    const measured = await measureCell({
      spawn: ports.spawn,
      prepared,
      plan,
      grade: grades[plan.grade],
      machine: machine.report,
      device,
      allowedCpus,
      memoryLimitBytes: options.memoryLimitBytes ?? defaultMemoryLimit(machine.report),
      deadlines: options.deadlines ?? {},
      onProgress: ({ type: _, ...progress }) => {
        options.onEvent?.({ type: 'progress', index, ...progress });
        watch.progressed(progress);
      },
      ...abort,
    });
    return { prepared, measured };
  } catch (error) {
    return { prepared: null, measured: { outcome: toOutcome(error, signal), samples: [], engine: null } };
  }
}

function toOutcome(error: unknown, signal: AbortSignal | undefined): FinalOutcome {
  if (signal?.aborted) return { state: 'cancelled', stage: 'start', keptSamples: 0 };
  if (error instanceof InferometerError) return { state: 'failed', failure: error.toFailure() };
  throw error;
}
