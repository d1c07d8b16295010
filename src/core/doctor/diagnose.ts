import type { RunId } from '../../shared/domain/ids.ts';
import type { Harness } from '../../shared/domain/measurement.ts';
import type { MachineReport } from '../../shared/domain/machine.ts';
import type { ProviderReport } from '../../shared/domain/provider.ts';
import type { FoundSensorInfo } from '../../shared/domain/telemetry.ts';
import { InferometerError } from '../../shared/errors.ts';
import { measureHarnessCost, probeProviders, untriedProviders } from '../engine-client/probe-provider.ts';
import { checkDataDirectory } from '../hardware/disk.ts';
import { describeGpuRequirements, type GpuRequirements } from '../hardware/gpu-requirements.ts';
import { findRuntimeFolder } from '../hardware/runtime-folder.ts';
import { readLock, type LockOwner } from '../measure/lock.ts';
import type { RunPorts } from '../measure/run-ports.ts';
import { adviseOnClock, adviseOnMachine, adviseOnProviders, type Problem } from './advise.ts';
import { listSensors } from './list-sensors.ts';

/** The state of everything that a measurement needs. */
export interface Diagnosis {
  machine: MachineReport;
  providers: ProviderReport[];
  /** What of this machine is watched while it measures, and why the rest is not. */
  sensors: FoundSensorInfo[];
  /** null: the engine did not start, or another measurement is running. */
  harness: Harness | null;
  dataDirectory: { path: string; usable: boolean; freeBytes: number | null };
  /** The measurement that holds this machine now. */
  lock: Pick<LockOwner, 'pid' | 'since'> | null;
  /** Interrupted runs, newest first. */
  resumableRuns: RunId[];
  /** null where ONNX Runtime has no GPU libraries for this platform; `missing` are names of libraries below them. */
  gpuLibraries: { status: GpuRequirements['status']; missing: string[] } | null;
  problems: Problem[];
}

/** Checks everything that a measurement needs; takes a few seconds. What is wrong is an answer, not an error. */
export async function diagnose(
  ports: RunPorts,
  options: { onStep?: (what: string) => void; signal?: AbortSignal } = {},
): Promise<Diagnosis> {
  const { onStep = () => undefined, signal } = options;
  onStep('Looking at the machine');
  const machine = await ports.detectMachine();
  // What is tried or measured beside a measurement would spoil both.
  const lock = readLock();
  if (lock === null) onStep('Trying the execution providers');
  const providers = lock === null ? await probeProviders(ports.spawn, machine, signal) : untriedProviders(lock);
  signal?.throwIfAborted();
  if (lock === null) onStep('Measuring what measuring costs');
  const harness = lock === null ? await findHarnessCost(ports) : { value: null, problems: [] };
  onStep('Looking for sensors');
  const sensors = await listSensors();
  const data = await checkDataDirectory(ports.directory.root);
  const resumableRuns = ports.storage.runs.list({ state: 'interrupted' }).items.map(({ id }) => id);
  const gpuLibraries = await findGpuLibraries();
  return {
    machine,
    providers,
    sensors,
    harness: harness.value,
    dataDirectory: {
      path: data.path,
      usable: data.status === 'usable',
      freeBytes: data.status === 'usable' ? data.freeBytes : null,
    },
    lock: lock && { pid: lock.pid, since: lock.since },
    resumableRuns,
    gpuLibraries: gpuLibraries && {
      status: gpuLibraries.status,
      missing: gpuLibraries.status === 'incomplete' ? gpuLibraries.missing.map(({ name }) => name) : [],
    },
    problems: [
      ...(data.status === 'usable'
        ? []
        : [
            {
              subject: 'data directory',
              severity: 'blocking' as const,
              message: data.reason,
              remedy: `${data.remedy.replace(/\.$/, '')} with --data-dir or INFEROMETER_DATA_DIR.`,
            },
          ]),
      ...harness.problems,
      ...adviseOnProviders(providers, machine),
      ...adviseOnGpuLibraries(gpuLibraries),
      ...(harness.value === null ? [] : adviseOnClock(harness.value)),
      ...adviseOnMachine(machine),
      ...adviseOnRuns(lock, resumableRuns),
    ].toSorted((left, right) => Number(right.severity === 'blocking') - Number(left.severity === 'blocking')),
  };
}

async function findHarnessCost({ spawn }: RunPorts): Promise<{ value: Harness | null; problems: Problem[] }> {
  try {
    return { value: await measureHarnessCost(spawn), problems: [] };
  } catch (error) {
    if (!(error instanceof InferometerError)) throw error;
    const { message, remedy } = error;
    return { value: null, problems: [{ subject: 'engine', severity: 'blocking', message, remedy }] };
  }
}

async function findGpuLibraries(): Promise<GpuRequirements | null> {
  const folder = findRuntimeFolder();
  if (folder === null || process.platform !== 'linux' || process.arch !== 'x64') return null;
  return describeGpuRequirements(folder.directory);
}

function adviseOnGpuLibraries(libraries: GpuRequirements | null): Problem[] {
  if (libraries?.status !== 'incomplete') return [];
  return libraries.missing.map(({ name, neededBy, remedy }) => ({
    subject: name,
    severity: 'advice',
    message: `The library ${name}, which ${neededBy.join(' and ')} needs, is missing.`,
    remedy,
  }));
}

function adviseOnRuns(lock: LockOwner | null, resumable: readonly RunId[]): Problem[] {
  const problems: Problem[] = [];
  if (lock !== null) {
    problems.push({
      subject: 'lock',
      severity: 'advice',
      message: `A measurement is running (process ${lock.pid}, since ${lock.since}).`,
      remedy: 'Wait for it to end, or start the next one with --wait.',
    });
  }
  const [newest] = resumable;
  if (newest !== undefined) {
    problems.push({
      subject: 'runs',
      severity: 'advice',
      message: `${resumable.length} interrupted ${resumable.length === 1 ? 'run' : 'runs'} can be resumed.`,
      remedy: `Go on with inferometer run --resume ${newest}, or delete it with inferometer results delete ${newest}.`,
    });
  }
  return problems;
}
