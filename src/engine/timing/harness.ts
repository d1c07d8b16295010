import type { Harness } from '../../shared/domain/measurement.ts';
import { openSession } from '../runtime/session.ts';
import { toTensor } from '../runtime/tensors.ts';
import { calibrateClock, medianOf, nowNs } from './clock.ts';

const warmUpCalls = 200;
const identityCalls = 2_000;
const copyCalls = 200;
const copyElements = 1 << 18;

/** Latencies (ns) of calls to the identity model (y = x, one dimension) with `elements` floats, after warm-up. */
async function callLatencies(modelPath: string, elements: number, calls: number): Promise<Float64Array> {
  await using open = await openSession({
    modelPath,
    provider: 'cpu',
    deviceId: 0,
    threads: 1,
    allowedCpus: [],
    graphOptimization: 'all',
    keys: {},
  });
  const feeds = { x: toTensor('float32', [elements], new Uint8Array(elements * 4)) };
  for (let call = 0; call < Math.min(warmUpCalls, calls); call++) await open.session.run(feeds);
  const latencies = new Float64Array(calls);
  for (let call = 0; call < calls; call++) {
    const start = nowNs();
    await open.session.run(feeds);
    latencies[call] = nowNs() - start;
  }
  return latencies;
}

/**
 * What the harness itself costs in this process: the clock, a call that computes nothing (identity on one float), and
 * the return of 1 MiB of output to JavaScript (identity on 2^18 floats less the former; it contains the operator's
 * own copy, so it is an upper bound). Takes about 0.2 s.
 */
export async function measureHarness(identityModel: string, outputBytes: number): Promise<Harness> {
  const clock = calibrateClock();
  const nullModelNs = medianOf(await callLatencies(identityModel, 1, identityCalls));
  const copyNs = medianOf(await callLatencies(identityModel, copyElements, copyCalls));
  const outputCopyNsPerMiB = Math.max(0, copyNs - nullModelNs);
  return {
    clockResolutionNs: clock.resolutionNs,
    clockCallNs: clock.callNs,
    nullModelNs,
    outputCopyNsPerMiB,
    bindingCopyNs: (outputCopyNsPerMiB * outputBytes) / 2 ** 20,
  };
}
