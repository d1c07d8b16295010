import type { ProviderStatus } from '../../shared/domain/provider.ts';
import { providerFacts } from '../../shared/provider-facts.ts';
import type { SessionConfig } from '../protocol.ts';
import { providers } from '../providers/registry.ts';
import { openSession } from '../runtime/session.ts';
import { toTensor } from '../runtime/tensors.ts';
import { nowNs } from '../timing/clock.ts';

/** Input and answer of resources/engine/probe.onnx: y = relu(x W + b) with W[i][j] = i - j and b[j] = j. */
const probeInput = Float32Array.of(1, -2, 3, 4);
const probeAnswer = probeInput.length;

function expectedAnswer(): number[] {
  return Array.from({ length: probeAnswer }, (_, column) => {
    const sum = probeInput.reduce((total, value, row) => total + value * (row - column), column);
    return Math.max(0, sum);
  });
}

/**
 * Proves that a provider works: a session with CPU fallback disabled runs a small model and its answer is checked.
 * A name that the build lacks is dropped by the binding with a warning and the session runs on the CPU, so platforms
 * without the provider are refused before.
 * @throws Error with ONNX Runtime's text when session or run fail; `explain` turns it into a reason.
 */
export async function probe(config: SessionConfig): Promise<ProviderStatus> {
  const provider = providers[config.provider];
  const { name } = providerFacts[config.provider];
  if (!provider.supports(process.platform, process.arch)) {
    return {
      status: 'unavailable',
      cause: 'not-in-build',
      reason: `ONNX Runtime for Node has ${name} only on ${provider.platforms}`,
      remedy: null,
    };
  }
  const keys = config.provider === 'cpu' ? config.keys : { ...config.keys, 'session.disable_cpu_ep_fallback': '1' };
  const startNs = nowNs();
  await using open = await openSession({ ...config, keys });
  const outputs = await open.session.run({ x: toTensor('float32', [1, 4], new Uint8Array(probeInput.buffer)) });
  const answer = outputs.y?.data as Float32Array;
  const wrong = expectedAnswer().some((value, index) => Math.abs(value - (answer[index] ?? Number.NaN)) > 1e-3);
  if (wrong) {
    return {
      status: 'unavailable',
      cause: 'wrong-answer',
      reason: `${name} computed a wrong result on a four-element model`,
      remedy: 'update the driver of the device',
    };
  }
  const probeMs = (nowNs() - startNs) / 1e6;
  return { status: 'available', ...(await provider.describeDevice(config.deviceId)), probeMs };
}

/** Turns what a failed probe threw and printed into a reason and a remedy. */
export function explain(providerId: SessionConfig['provider'], thrown: string, stderr: string): ProviderStatus {
  const known = providers[providerId].explain(thrown, stderr);
  if (known !== null) return { status: 'unavailable', ...known };
  const firstLine = thrown.split('\n').find((line) => line.trim() !== '') ?? 'no message';
  return {
    status: 'unavailable',
    cause: 'unknown',
    reason: `ONNX Runtime says: ${firstLine.trim().slice(0, 300)}`,
    remedy: null,
  };
}
