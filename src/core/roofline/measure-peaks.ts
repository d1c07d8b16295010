import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toBinary } from '@bufbuild/protobuf';
import type { ProfileTask, SessionConfig } from '../../engine/protocol.ts';
import type { Sha256 } from '../../shared/domain/ids.ts';
import type { MachineReport } from '../../shared/domain/machine.ts';
import { absent, present, type Observed, type Reading } from '../../shared/domain/provenance.ts';
import type { ProviderId } from '../../shared/domain/provider.ts';
import type { MachinePeaks, PeakPrecision } from '../../shared/domain/roofline.ts';
import { createTemporaryFolder } from '../compare/temporary-folder.ts';
import type { Engine } from '../engine-client/engine-client.ts';
import { requireEngine } from '../engine-client/evaluate.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import { toEngineError } from '../engine-client/explain-failure.ts';
import { measuredSession } from '../engine-client/session-config.ts';
import { createLoadSampler, toLoadShares } from '../hardware/load-sampler.ts';
import { createRandomNormals } from '../models/building/seeded-weights.ts';
import { ModelProtoSchema, type ModelProto } from '../onnx/gen/onnx_pb.js';
import { withFileFailures } from '../onnx/output-file.ts';
import { createCopyChain, createProductChain } from './peak-graphs.ts';
import { lastLevelCacheBytes } from './read-roofline.ts';

/** How long and how large the chains are; the rules of docs/method/profile.md unless a test has smaller ones. */
export interface PeakRules {
  /** Rows and columns of the matrices, ascending; the next is tried while it is expected to take no longer than this. */
  sizes: readonly number[];
  longestProductS: number;
  /** Nodes of the two chains. */
  lengths: readonly [short: number, long: number];
  maxRuns: number;
  maxS: number;
  /** The copied array is this many times the last-level cache, within these bytes. */
  cacheFactor: number;
  leastArrayBytes: number;
  mostArrayBytes: number;
  /** Above this share of the processor time that others use, peaks are not kept and give no alarm. */
  mostOtherLoad: number;
}

export const defaultPeakRules: PeakRules = {
  sizes: [512, 1024, 2048, 4096, 8192],
  longestProductS: 0.25,
  lengths: [1, 5],
  maxRuns: 20,
  maxS: 0.4,
  cacheFactor: 4,
  leastArrayBytes: 2 ** 26,
  mostArrayBytes: 2 ** 29,
  mostOtherLoad: 0.05,
};

export interface MeasurePeaksOptions {
  spawn: SpawnEngine;
  config: { provider: ProviderId; threads: number; device?: number | undefined };
  allowedCpus: number[];
  machine: MachineReport;
  machineFingerprint: Sha256;
  temporaryFolder: string;
  rules?: PeakRules;
  signal?: AbortSignal;
  /** Share of the work that is done, 0..1. */
  onShare?: (share: number) => void;
}

/** Providers that run a graph node by node, so that a chain takes the time of its nodes. */
const nodeByNode: readonly ProviderId[] = ['cpu', 'cuda', 'webgpu'];
/** ONNX Runtime computes float16 on these in float32. */
const withoutHalf: readonly ProviderId[] = ['cpu'];
/** Without 8-bit products of their own; they would run on the CPU. */
const withoutIntegers: readonly ProviderId[] = ['cuda', 'webgpu'];

/**
 * Measures what this machine can do at most with ONNX Runtime: products of matrices in each precision that has kernels,
 * on the threads of the configuration and on one, and passes over an array that no cache holds. What cannot be measured
 * is absent with its reason. Throws CANCELLED, STORAGE_* and ENGINE_FAILED where no engine starts.
 */
export async function measurePeaks(options: MeasurePeaksOptions): Promise<MachinePeaks> {
  const { config, machine, machineFingerprint, rules = defaultPeakRules, onShare } = options;
  const { provider, threads } = config;
  const startedMs = performance.now();
  const measuredAt = new Date().toISOString();
  await using folder = await createTemporaryFolder(options.temporaryFolder, 'profile');
  await using bench = createBench(options, rules, folder.path);
  const steps = 5;
  let done = 0;
  const next = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    onShare?.(++done / steps);
    return result;
  };
  const product = (precision: PeakPrecision, on: number): Promise<Observed<Reading>> => {
    const reason = whyWithout(provider, precision);
    return reason === null ? bestProduct(bench, precision, on, rules) : Promise.resolve(absent(reason));
  };
  const arrayBytes = chooseArrayBytes(machine, rules);
  const float32 = await next(product('float32', threads));
  const float32OneThread = await next(
    provider === 'cpu'
      ? threads === 1
        ? Promise.resolve(float32)
        : product('float32', 1)
      : Promise.resolve(absent('the device computes, not the threads of this process')),
  );
  const int8 = await next(product('int8', threads));
  const float16 = await next(product('float16', threads));
  const copy = await next(
    nodeByNode.includes(provider) ? copyRate(bench, arrayBytes, threads, rules) : Promise.resolve(absent(asAWhole)),
  );
  return {
    provider,
    threads,
    machineFingerprint,
    onnxruntime: bench.onnxruntime() ?? 'unknown',
    measuredAt,
    durationS: (performance.now() - startedMs) / 1000,
    otherLoad: bench.otherLoad(),
    products: { float32, float16, int8 },
    float32OneThread,
    copy,
    copyArrayBytes: arrayBytes,
  };
}

const asAWhole = 'the provider compiles a graph as a whole, so that single nodes cannot be timed';

function whyWithout(provider: ProviderId, precision: PeakPrecision): string | null {
  if (!nodeByNode.includes(provider)) return asAWhole;
  if (precision === 'float16' && withoutHalf.includes(provider)) return 'the provider computes float16 in float32';
  if (precision === 'int8' && withoutIntegers.includes(provider))
    return 'the provider has no 8-bit products of its own';
  return null;
}

/** Beyond the last-level cache, or a fixed size where nothing tells how large that is; never a large part of memory. */
export function chooseArrayBytes(machine: Pick<MachineReport, 'cpu' | 'memory'>, rules: PeakRules): number {
  const cache = lastLevelCacheBytes(machine);
  const wanted = Math.max(rules.leastArrayBytes, rules.cacheFactor * (cache ?? 0));
  const { usableBytes } = machine.memory;
  const room = usableBytes.status === 'present' ? usableBytes.value / 8 : rules.leastArrayBytes;
  const bytes = Math.min(wanted, rules.mostArrayBytes, Math.max(room, 2 ** 20));
  return 4 * Math.floor(bytes / 4);
}

/** The best of several sizes: small ones fit caches and large ones feed many units. */
async function bestProduct(
  bench: Bench,
  precision: PeakPrecision,
  threads: number,
  rules: PeakRules,
): Promise<Observed<Reading>> {
  let best: Observed<Reading> | null = null;
  for (const [index, size] of rules.sizes.entries()) {
    const flops = 2 * size ** 3;
    const draw = createRandomNormals(1, 'roofline/input');
    const input = Float32Array.from({ length: size * size }, draw);
    const found = await timeNode(bench, threads, rules, (length) => createProductChain(precision, size, length), [
      { name: 'x', type: 'float32', dims: [size, size], data: input },
    ]);
    if (found.status === 'absent') return best ?? found;
    const rate = (flops / found.value.timeNs) * 1e9;
    if (best === null || (best.status === 'present' && best.value.value < rate)) {
      const unit = precision === 'int8' ? 'OP/s' : 'FLOP/s';
      best = present({ value: rate, unit, kind: 'measured', interval: null, n: found.value.runs });
    }
    const following = rules.sizes[index + 1];
    const expectedS = following === undefined ? Infinity : (found.value.timeNs / 1e9) * (following / size) ** 3;
    if (expectedS > rules.longestProductS) break;
  }
  return best ?? absent('no size was tried');
}

async function copyRate(bench: Bench, bytes: number, threads: number, rules: PeakRules): Promise<Observed<Reading>> {
  const elements = bytes / 4;
  const found = await timeNode(bench, threads, rules, createCopyChain, [
    { name: 'size', type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(elements)) },
    { name: 'addend', type: 'float32', dims: [1], data: Float32Array.of(0.5) },
  ]);
  if (found.status === 'absent') return found;
  const value = ((2 * bytes) / found.value.timeNs) * 1e9;
  return present({ value, unit: 'B/s', kind: 'measured', interval: null, n: found.value.runs });
}

interface ChainInput {
  name: string;
  type: 'float32' | 'int64';
  dims: number[];
  data: Float32Array | BigInt64Array;
}

/**
 * Time of one node of a chain: the quickest long run less the quickest short one, over the nodes between. What disturbs
 * only adds to a time, so the quickest are what the machine can do.
 */
async function timeNode(
  bench: Bench,
  threads: number,
  { lengths: [short, long] }: PeakRules,
  build: (length: number) => ModelProto,
  inputs: readonly ChainInput[],
): Promise<Observed<{ timeNs: number; runs: number }>> {
  const shortNs = await bench.time(build(short), inputs, threads);
  if (shortNs.status === 'absent') return shortNs;
  const longNs = await bench.time(build(long), inputs, threads);
  if (longNs.status === 'absent') return longNs;
  const timeNs = (Math.min(...longNs.value) - Math.min(...shortNs.value)) / (long - short);
  return timeNs > 0
    ? present({ timeNs, runs: longNs.value.length })
    : absent('a longer chain took no longer than a short one: the times are too unsteady, or the chain was fused');
}

/** Runs small models in an engine that lasts, and in a new one after a failure. */
interface Bench extends AsyncDisposable {
  /** Times of all runs but the first, ns; absent where the provider refuses the model. */
  time(model: ModelProto, inputs: readonly ChainInput[], threads: number): Promise<Observed<number[]>>;
  onnxruntime(): string | null;
  /** Share of the processor time that others used while models ran; null where the system does not tell. */
  otherLoad(): number | null;
}

function createBench(
  { spawn, config, allowedCpus, signal }: MeasurePeaksOptions,
  { maxRuns, maxS }: PeakRules,
  folder: string,
): Bench {
  let engine: Engine | null = null;
  let version: string | null = null;
  const sampler = createLoadSampler();
  const loads: { share: number; durationMs: number }[] = [];
  const close = async (): Promise<void> => {
    const closing = engine;
    engine = null;
    await closing?.[Symbol.asyncDispose]();
  };
  return {
    async time(model, inputs, threads) {
      const modelPath = path.join(folder, 'chain.onnx');
      await withFileFailures(folder, writeFile(modelPath, toBinary(ModelProtoSchema, model)));
      const task: ProfileTask = {
        kind: 'profile',
        session: toSession({ ...config, threads }, modelPath, allowedCpus),
        inputs: await writeInputs(path.join(folder, 'inputs.bin'), inputs),
        feeds: 1,
        maxRuns,
        maxS,
        folder,
        withGraph: false,
        withProfiler: false,
      };
      engine ??= await requireEngine(spawn);
      version = engine.versions.onnxruntime;
      const own = [process.pid, engine.pid];
      const [before, beganMs] = [sampler.take(own), performance.now()];
      const end = await engine.run(task, signal ? { signal } : {});
      const { others } = toLoadShares(before, sampler.take(own));
      if (others.status === 'present') loads.push({ share: others.value, durationMs: performance.now() - beganMs });
      if (signal?.aborted) throw toEngineError({ state: 'cancelled', stage: 'measured' });
      if (end.state === 'done' && end.result.hostNs.length > 0) return present(end.result.hostNs);
      await close();
      if (end.state === 'done') return absent('no run ended');
      const failure = toEngineError(end);
      if (failure.code === 'CANCELLED') throw failure;
      return absent(`the provider does not run it: ${failure.message}`, failure.remedy);
    },
    onnxruntime: () => version,
    otherLoad() {
      const totalMs = loads.reduce((sum, { durationMs }) => sum + durationMs, 0);
      if (totalMs === 0) return null;
      return Math.min(1, loads.reduce((sum, { share, durationMs }) => sum + share * durationMs, 0) / totalMs);
    },
    [Symbol.asyncDispose]: close,
  };
}

function toSession(
  { provider, threads, device }: MeasurePeaksOptions['config'],
  modelPath: string,
  allowedCpus: number[],
): SessionConfig {
  const session = measuredSession(
    { provider, threads, ...(device === undefined ? {} : { device }) },
    modelPath,
    allowedCpus,
  );
  // What falls back to the CPU is not the provider's peak.
  return provider === 'cpu'
    ? session
    : { ...session, keys: { ...session.keys, 'session.disable_cpu_ep_fallback': '1' } };
}

async function writeInputs(file: string, inputs: readonly ChainInput[]): Promise<ProfileTask['inputs']> {
  const bytes = inputs.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  await withFileFailures(path.dirname(file), writeFile(file, Buffer.concat(bytes)));
  const tensors = inputs.map(({ name, type, dims, data }) => ({ name, type, dims, byteLength: data.byteLength }));
  return { path: file, feeds: 1, tensors };
}
