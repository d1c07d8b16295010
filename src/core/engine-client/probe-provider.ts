import type { MachineReport } from '../../shared/domain/machine.ts';
import type { Harness } from '../../shared/domain/measurement.ts';
import {
  providerIdSchema,
  type ProviderId,
  type ProviderReport,
  type ProviderStatus,
} from '../../shared/domain/provider.ts';
import { providerFacts } from '../../shared/provider-facts.ts';
import { resourcePath } from '../resources.ts';
import { defaultDeadlines, startEngine } from './engine-client.ts';
import type { SpawnEngine } from './engine-process.ts';
import { runOnce } from './evaluate.ts';
import { describeExit } from './explain-failure.ts';
import { explainWithoutNvidia } from './explain-without-nvidia.ts';
import { plainSession } from './session-config.ts';

/** TensorRT builds an engine even for the probe's four elements. */
const probeTaskS = 120;

const untried = 'not-tried';

/**
 * Proves in a process of its own whether a provider works here: it creates a session with CPU fallback disabled and
 * runs a model with a known answer. A native crash of a driver ends that process alone and is the answer.
 */
export async function probeProvider(
  spawn: SpawnEngine,
  id: ProviderId,
  signal?: AbortSignal,
  deviceId = 0,
): Promise<ProviderReport> {
  return toReport(id, await probe(spawn, id, deviceId, signal));
}

function toReport(id: ProviderId, status: ProviderStatus): ProviderReport {
  const { name, deviceNumber, unreachable } = providerFacts[id];
  return { id, name, deviceNumber, unreachable: [...unreachable], status };
}

/** Probes every provider on a known machine, one after another: two at once would compete for a device. */
export async function probeProviders(
  spawn: SpawnEngine,
  machine: MachineReport,
  signal?: AbortSignal,
): Promise<ProviderReport[]> {
  const reports: ProviderReport[] = [];
  for (const id of providerIdSchema.options) {
    const report = await probeProvider(spawn, id, signal);
    reports.push(await explainWithoutNvidia(report, () => Promise.resolve(machine)));
  }
  return reports;
}

/** The reports of providers that were not tried, because probing would disturb a measurement. */
export function untriedProviders(owner: { pid: number }): ProviderReport[] {
  const reason = `not tried: a measurement is running (process ${owner.pid})`;
  const status = { status: 'unavailable', cause: untried, reason, remedy: null } as const;
  return providerIdSchema.options.map((id) => toReport(id, status));
}

/** Whether a report says nothing about the provider. */
export function isUntried({ status }: ProviderReport): boolean {
  return status.status === 'unavailable' && status.cause === untried;
}

async function probe(
  spawn: SpawnEngine,
  provider: ProviderId,
  deviceId: number,
  signal: AbortSignal | undefined,
): Promise<ProviderStatus> {
  const start = await startEngine(spawn);
  if (start.state === 'crashed') return crashed(describeExit(start.exit), start.exit.stderrTail);
  if (start.state === 'timed-out') return crashed(`no answer within ${start.deadlineS} s`, '');
  await using engine = start.engine;
  const session = plainSession(resourcePath('engine', 'probe.onnx'), { provider, deviceId });
  const options = { deadlines: { taskS: probeTaskS }, ...(signal ? { signal } : {}) };
  const end = await engine.run({ kind: 'probe', session }, options);
  switch (end.state) {
    case 'done':
      return end.result.result;
    case 'failed': {
      const explained = await engine.run({ kind: 'explain', provider, thrown: end.message, stderr: end.stderrTail });
      return explained.state === 'done'
        ? explained.result.result
        : { status: 'unavailable', cause: 'unknown', reason: end.message, remedy: null };
    }
    case 'crashed':
      return crashed(describeExit(end.exit), end.exit.stderrTail);
    case 'timed-out':
      return crashed(`no answer within ${end.deadlineS} s`, '');
    case 'cancelled':
      return { status: 'unavailable', cause: 'cancelled', reason: 'the probe was cancelled', remedy: null };
  }
}

function crashed(how: string, stderr: string): ProviderStatus {
  const last = stderr.trim().split('\n').at(-1);
  return {
    status: 'unavailable',
    cause: 'crashed',
    reason: `the probe process ended: ${how}${last ? ` (${last.slice(0, 200)})` : ''}`,
    remedy: 'Update the driver of the device.',
  };
}

/** What the harness itself costs on this machine now. Throws ENGINE_FAILED. */
export async function measureHarnessCost(spawn: SpawnEngine): Promise<Harness> {
  const task = { kind: 'self-test' as const, identityModel: resourcePath('engine', 'identity.onnx') };
  return (await runOnce(spawn, task, { deadlines: { silenceS: defaultDeadlines.startS } })).harness;
}
