import { randomBytes } from 'node:crypto';
import { toRunId, type RunId } from '../../shared/domain/ids.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { CellRecord, CellState, RunState } from '../../shared/domain/run.ts';
import { InferometerError } from '../../shared/errors.ts';
import { readCpuTemperatureC } from '../hardware/cpu-temperature.ts';
import { fingerprintMachine } from '../hardware/fingerprint.ts';
import { findReferenceModel } from '../models/registry.ts';
import type { ResolvedModel } from '../models/resolve-model.ts';
import type { FinalOutcome } from '../storage/cells.ts';
import type { StoredTelemetry } from '../storage/telemetry.ts';
import { openSensors } from '../telemetry/open-sensors.ts';
import { allowedCpuNumbers } from './allowed-cpus.ts';
import {
  identifyFiles,
  requireProvider,
  refuseBadInput,
  refuseChangedFiles,
  refuseDevice,
  requireModel,
  resolveModels,
  withResolvedIds,
  type Models,
} from './check-plan.ts';
import { refuseOverload, usableCpus } from './check-capacity.ts';
import { refuseBadScenario } from './check-scenario.ts';
import { coolDown } from './cooldown.ts';
import { expandMatrix, expandPlan } from './expand-plan.ts';
import { grades } from '../../shared/domain/grades.ts';
import type { MeasuredCell } from './cell-options.ts';
import { findSkip, type Skipped } from './leave-out.ts';
import { refuseBadLoad } from './load/check-load.ts';
import { measureCell } from './measure-cell.ts';
import { clearInputs, defaultMemoryLimit, lockMachine, storeMachine } from './measuring-scope.ts';
import { refuseWithoutMeter } from './search/check-tune.ts';
import { searches } from './search/registry.ts';
import { prepareCell } from './prepare-cell.ts';
import type { PreparedCell } from './prepared-cell.ts';
import { thisProcess } from './process-identity.ts';
import { toProvenance, type DetectedMachine } from './provenance.ts';
import type { RunOptions, RunPorts } from './run-ports.ts';
import { watchSensors, type SensorWatch } from './watch-sensors.ts';

/**
 * Measures a plan: takes the machine's lock, resolves and checks every model before anything is stored, then measures
 * one configuration after another and stores each as soon as it ends. Configurations that go wrong are results; the
 * rest of the plan goes on. Throws InferometerError for bad input, a busy machine and unusable storage.
 */
export async function runPlan(plan: Plan, ports: RunPorts, options: RunOptions = {}): Promise<RunId> {
  refuseDevice(plan);
  refuseBadLoad(plan);
  await refuseWithoutMeter(plan, options);
  refuseBadScenario(plan);
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
  // A search begins with no configuration, but every one that it may come to has to be possible.
  await refuseBadInput(storedPlan, expandMatrix(storedPlan), models, ports, options);
  const files = await identifyFiles(storedPlan, models);
  const report = await ports.detectMachine();
  await refuseOverload(storedPlan, expandMatrix(storedPlan), models, report, ports, options);
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

/**
 * Goes on with a run that was paused, interrupted or cancelled: what has ended keeps its result, everything else is
 * measured. With `retry`, what ended without a result is measured again as well.
 */
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
  const again = options.retry === true ? [...unfinished, ...withoutResult] : unfinished;
  const open = storage.cells.ofRun(runId).filter(({ outcome }) => ['pending', ...again].includes(outcome.state));
  await refuseBadInput(
    run.plan,
    open.map(({ config }) => config),
    models,
    ports,
    options,
  );
  const machine = storeMachine(report, fingerprint, ports);
  storage.runs.resume(runId, thisProcess());
  storage.cells.reset(runId, again);
  await measurePending(runId, machine, models, ports, options);
  return runId;
}

/** States that a resume begins anew. What was left out is judged again: a driver may be back. */
const unfinished: readonly CellState[] = ['running', 'cancelled', 'skipped'];
/** States that ended without a result. */
const withoutResult: readonly CellState[] = ['failed', 'crashed', 'timed-out'];

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
  const cpus = usableCpus(machine.report);
  const ended: CellRecord[] = [];
  const stoppedAs = (): typeof state | null =>
    options.signal?.aborted === true ? 'cancelled' : options.isPausing?.() === true ? 'paused' : null;
  try {
    const extend = (): CellRecord[] => extendRun(runId, plan, ports, options);
    // A search that was resumed between two rounds has nothing pending and yet goes on.
    for (let next = pending.length > 0 ? pending : extend(); next.length > 0; next = extend()) {
      for (const record of next) {
        state = stoppedAs() ?? state;
        if (state !== 'completed') break;
        const skipped = findSkip(record.config, { plan, cpus, ended, records: () => storage.cells.ofRun(runId) });
        const isFirst = ended.every(({ outcome }) => outcome.state === 'skipped');
        if (skipped === null && !isFirst) await coolDown(startC, options.signal);
        const model = requireModel(models, record.config.model);
        ended.push(await measureAndStore(record, skipped, plan, machine, model, ports, options));
      }
      // Cancelled while the last one was measured: it has no result.
      if (options.signal?.aborted) state = 'cancelled';
      if (state !== 'completed') break;
    }
  } catch (error) {
    state = 'interrupted';
    throw error;
  } finally {
    storage.runs.markState(runId, state, new Date().toISOString());
  }
  options.onEvent?.({ type: 'finished', runId, state });
}

/** What a search wants measured next, stored as pending; nothing: the run is complete. */
function extendRun(runId: RunId, plan: Plan, { storage }: RunPorts, options: RunOptions): CellRecord[] {
  if (plan.search === undefined) return [];
  const before = storage.cells.ofRun(runId);
  const configs = searches[plan.search.kind](plan, before);
  if (configs.length === 0) return [];
  storage.runs.extend(runId, configs);
  options.onEvent?.({ type: 'extended', cells: configs });
  return storage.cells.ofRun(runId).slice(before.length);
}

/** Measures a configuration, unless there is a reason to leave it out, and stores how it ended. */
async function measureAndStore(
  { id, runId, index, config }: CellRecord,
  skipped: Skipped | null,
  plan: Plan,
  machine: DetectedMachine,
  model: ResolvedModel,
  ports: RunPorts,
  options: RunOptions,
): Promise<CellRecord> {
  const startedAt = new Date().toISOString();
  ports.storage.cells.start(id, startedAt);
  options.onEvent?.({ type: 'cell-started', index, config });
  const attempt = (): Promise<PreparedAndMeasured> =>
    skipped === null
      ? prepareAndMeasure({ runId, index, config }, plan, machine, model, ports, options)
      : Promise.resolve(toLeftOut(skipped));
  let last = await attempt();
  // The machine slept or the engine was stopped: what came out says nothing, and the next attempt probably will.
  if (wasSuspended(last.measured.outcome) && options.signal?.aborted !== true) last = await attempt();
  const { prepared, measured, readings } = last;
  const provenance =
    prepared !== null && measured.engine !== null
      ? toProvenance(prepared, measured.engine, { plan, app: ports.app, machine, startedAt })
      : null;
  try {
    const result = { outcome: measured.outcome, provenance, endedAt: new Date().toISOString() };
    ports.storage.cells.finish(id, result, measured.samples, readings);
  } catch (error) {
    options.onEvent?.({ type: 'unsaved', index, outcome: measured.outcome });
    throw error;
  }
  const record = ports.storage.cells.get(id);
  options.onEvent?.({ type: 'cell-finished', index, record });
  return record;
}

function toLeftOut(outcome: Skipped): PreparedAndMeasured {
  return { prepared: null, measured: { outcome, samples: [], engine: null }, readings: [] };
}

function wasSuspended(outcome: FinalOutcome): boolean {
  return outcome.state === 'completed' && outcome.validity.findings.some(({ code }) => code === 'SUSPENDED');
}

interface PreparedAndMeasured {
  prepared: PreparedCell | null;
  measured: MeasuredCell;
  readings: StoredTelemetry[];
}

/** An expected failure while preparing belongs to this configuration alone and is its outcome. */
async function prepareAndMeasure(
  { runId, index, config }: Pick<CellRecord, 'runId' | 'index' | 'config'>,
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
    const device =
      config.provider === 'cpu' ? null : await requireProvider(config.provider, ports, signal, config.device);
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
      options.openSensors ?? openSensors,
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
      sensors: watch,
      temporaryFolder,
      memoryLimitBytes: options.memoryLimitBytes ?? defaultMemoryLimit(machine.report),
      deadlines: options.deadlines ?? {},
      earlier: () => ports.storage.cells.ofRun(runId),
      onProgress: ({ type: _, ...progress }) => {
        options.onEvent?.({ type: 'progress', index, ...progress });
        watch.progressed(progress);
      },
      ...abort,
    });
    return { prepared, measured, readings: toStoredTelemetry(watch) };
  } catch (error) {
    return { prepared: null, measured: { outcome: toOutcome(error, signal), samples: [], engine: null }, readings: [] };
  }
}

/** What was read beside each engine process that was measured, to its end or not. */
function toStoredTelemetry(watch: SensorWatch): StoredTelemetry[] {
  return [...watch.telemetry()].map(([process, telemetry]) => ({ process, telemetry }));
}

function toOutcome(error: unknown, signal: AbortSignal | undefined): FinalOutcome {
  if (signal?.aborted) return { state: 'cancelled', stage: 'start', keptSamples: 0 };
  if (error instanceof InferometerError) return { state: 'failed', failure: error.toFailure() };
  throw error;
}
