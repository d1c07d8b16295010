import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SpawnEngine } from '../../src/core/engine-client/engine-process.ts';
import { evaluateModel } from '../../src/core/engine-client/evaluate.ts';
import { probeProvider } from '../../src/core/engine-client/probe-provider.ts';
import { runPlan } from '../../src/core/measure/run-plan.ts';
import type { RunPorts } from '../../src/core/measure/run-ports.ts';
import { resolveModel } from '../../src/core/models/resolve-model.ts';
import { quantizeModel } from '../../src/core/quantize/quantize-model.ts';
import type { TensorPayload } from '../../src/engine/protocol.ts';
import type { Plan } from '../../src/shared/domain/plan.ts';
import type { ProviderId } from '../../src/shared/domain/provider.ts';
import type { RecipeId } from '../../src/shared/domain/quantization.ts';
import type { CellRecord } from '../../src/shared/domain/run.ts';
import { shortPlan } from '../support/short-plan.ts';
import { openGpuCore, usesSoftwareAdapter, type GpuCore } from './support/gpu-core.ts';
import { writeMixedModel } from './support/mixed-model.ts';

let gpu: GpuCore;
beforeAll(async () => {
  gpu = await openGpuCore();
});
afterAll(() => gpu[Symbol.asyncDispose]());

/** Makes a variant with an engine of the core. */
async function quantize(name: string, recipe: RecipeId): Promise<string> {
  const { spawn, directory } = gpu.core;
  const source = await resolveModel(name, gpu.core);
  const target = path.join(gpu.folder, `${name}.${recipe}.onnx`);
  const options = { spawn, temporaryFolder: directory.temporary, dims: {}, version: 'test' };
  await quantizeModel(source.path, { ...options, recipe, target });
  return target;
}

type Completed = Extract<CellRecord['outcome'], { state: 'completed' }>;

/** A few queries are enough: what is tested is where they run, and an adapter in software takes long for each. */
const few = { minDurationS: 0.1, minQueries: 8, warmUp: { minRuns: 2, minS: 0, maxS: 0.1, tolerance: 9 } };

/** Measures for a moment; every configuration has to complete. */
async function measure(
  changes: Partial<Plan> & Pick<Plan, 'models'>,
): Promise<(CellRecord & { outcome: Completed })[]> {
  const runId = await runPlan(shortPlan({ providers: ['webgpu'], override: few, ...changes }), gpu.core, gpu.options);
  return gpu.core.storage.cells.ofRun(runId).map((cell) => {
    if (cell.outcome.state !== 'completed') throw new Error(JSON.stringify(cell.outcome));
    return { ...cell, outcome: cell.outcome };
  });
}

function placementOf({ outcome: { measurement } }: { outcome: Completed }) {
  if (measurement.placement?.status !== 'present') throw new Error(JSON.stringify(measurement.placement));
  return measurement.placement.value;
}

function codesOf({ outcome: { validity } }: { outcome: Completed }): string[] {
  return validity.findings.map(({ code }) => code);
}

function toFloats({ data }: TensorPayload): Float32Array {
  return new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
}

describe('the adapter', () => {
  it('is named, and called software where it is', async () => {
    const { status } = await probeProvider(gpu.core.spawn, 'webgpu');
    expect(status).toMatchObject({ status: 'available' });
    if (usesSoftwareAdapter()) {
      expect(status).toMatchObject({ software: true, device: expect.stringContaining('SwiftShader') as string });
    }
  });
});

describe('a trained model', () => {
  it('is as accurate as on the CPU, with every node on the device and everything called software that is', async () => {
    const [onCpu, onDevice] = await measure({ models: ['digits-cnn'], providers: ['cpu', 'webgpu'] });
    if (onCpu === undefined || onDevice === undefined) throw new Error('nothing was measured');
    expect(onDevice.outcome.measurement.accuracy?.correct).toBe(onCpu.outcome.measurement.accuracy?.correct);
    expect(onCpu.outcome.measurement.placement).toBeUndefined();
    expect(placementOf(onDevice)).toMatchObject({ label: 'device', onCpu: [], memcpyNodes: 0 });
    expect(placementOf(onDevice).providers.map(({ provider }) => provider)).toEqual(['WebGpuExecutionProvider']);
    expect(codesOf(onDevice).filter((code) => code.startsWith('PLACEMENT'))).toEqual([]);
    expect(onDevice.provenance?.providerOptions).toMatchObject({ copies: 'host to host' });
    if (!usesSoftwareAdapter()) return;
    expect(codesOf(onDevice)).toContain('SOFTWARE_ADAPTER');
    expect(onDevice.provenance?.runtime.device).toMatch(/SwiftShader.*software/);
    expect(onDevice.provenance?.runtime.libraries).toContain('libvk_swiftshader.so');
  });
});

describe('a sweep over batches', () => {
  it('executes every batch on the device', async () => {
    const cells = await measure({ models: ['mlp-tabular'], batches: [1, 4] });
    expect(cells.map(({ outcome }) => outcome.measurement.executedBatch)).toEqual([1, 4]);
    expect(cells.map((cell) => placementOf(cell).label)).toEqual(['device', 'device']);
  });

  it('tells where several engines at once worked, by one on its own', async () => {
    const [cell] = await measure({ models: ['mlp-tabular'], instances: [2] });
    if (cell === undefined) throw new Error('nothing was measured');
    expect(cell.outcome.measurement.instances?.count).toBe(2);
    expect(placementOf(cell)).toMatchObject({ label: 'device', overheadRatio: null });
  });

  it('gives the outputs that the CPU gives', async () => {
    const { path: modelPath, summary } = await resolveModel('mlp-tabular', gpu.core);
    const name = summary.inputs[0]?.name ?? '';
    const data = Float32Array.from({ length: 4 * 64 }, (_, index) => ((index * 37) % 17) / 16);
    const feeds = { [name]: { type: 'float32' as const, dims: [4, 64], data } };
    const run = (provider: ProviderId) => evaluateModel(gpu.core.spawn, modelPath, feeds, { session: { provider } });
    const expected = Object.values(await run('cpu')).map(toFloats);
    const actual = Object.values(await run('webgpu')).map(toFloats);
    expect(expected.map(({ length }) => length)).toEqual([40]);
    expected[0]?.forEach((value, index) => expect(actual[0]?.[index]).toBeCloseTo(value, 3));
  });
});

describe('nodes that the provider lacks', () => {
  it('make a result mixed, name themselves, and copy between CPU and device', async () => {
    const model = path.join(gpu.folder, 'mixed.onnx');
    await writeMixedModel(model);
    const [cell] = await measure({ models: [model], batches: [64] });
    if (cell === undefined) throw new Error('nothing was measured');
    const placement = placementOf(cell);
    expect(placement.label).not.toBe('device');
    expect(placement.onCpu.map(({ operator }) => operator)).toContain('Det');
    expect(placement.memcpyNodes).toBeGreaterThan(0);
    expect(placement.providers.map(({ provider }) => provider).toSorted()).toEqual([
      'CPUExecutionProvider',
      'WebGpuExecutionProvider',
    ]);
    const finding = cell.outcome.validity.findings.find(({ code }) => code.startsWith('PLACEMENT'));
    expect(finding?.reason).toContain('Det');
    expect(finding?.severity).toBe(placement.label === 'cpu' ? 'invalid' : 'remark');
  });

  it('are refused where falling back to the CPU is forbidden, as the probe of a provider does', async () => {
    const model = path.join(gpu.folder, 'refused.onnx');
    await writeMixedModel(model);
    const feeds = { x: { type: 'float32' as const, dims: [1, 64, 64], data: new Float32Array(64 * 64) } };
    const session = { provider: 'webgpu' as const, keys: { 'session.disable_cpu_ep_fallback': '1' } };
    await expect(evaluateModel(gpu.core.spawn, model, feeds, { session })).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
  });

  it('are what dynamic INT8 is made of here', async () => {
    const target = await quantize('mlp-tabular', 'int8-dynamic');
    const [cell] = await measure({ models: [target] });
    if (cell === undefined) throw new Error('nothing was measured');
    expect(placementOf(cell).onCpu.map(({ operator }) => operator)).toEqual(
      expect.arrayContaining([expect.stringMatching(/Quantize|MatMulInteger/)]),
    );
  });
});

describe('half precision', () => {
  it('runs where the adapter has 16-bit floats, and is refused in one sentence where it has none', async () => {
    const target = await quantize('mlp-tabular', 'fp16');
    const runId = await runPlan(
      shortPlan({ models: [target], providers: ['webgpu'], override: few }),
      gpu.core,
      gpu.options,
    );
    const [cell] = gpu.core.storage.cells.ofRun(runId);
    const answer =
      cell?.outcome.state === 'failed'
        ? cell.outcome.failure.message
        : cell?.outcome.state === 'completed'
          ? placementOf({ outcome: cell.outcome }).label
          : cell?.outcome.state;
    expect(['device', 'The adapter has no 16-bit floats (shader-f16), which this model needs.']).toContain(answer);
  });
});

describe('a provider that dies while it is measured', () => {
  it('leaves its samples, and the next configuration is measured', async () => {
    const engines: number[] = [];
    const spawn: SpawnEngine = (options) => {
      const engine = gpu.core.spawn(options);
      engines.push(engine.pid);
      return engine;
    };
    const ports: RunPorts = { ...gpu.core, spawn };
    let killed = false;
    const plan = shortPlan({
      models: ['mlp-tabular'],
      providers: ['webgpu'],
      batches: [1, 2],
      override: { ...few, minDurationS: 2 },
    });
    const runId = await runPlan(plan, ports, {
      ...gpu.options,
      onEvent(event) {
        if (killed || event.type !== 'progress' || event.stage !== 'measured' || event.elapsedNs < 1.3e9) return;
        killed = true;
        process.kill(engines.at(-1) ?? 0, 'SIGKILL');
      },
    });
    const [first, second] = gpu.core.storage.cells.ofRun(runId);
    expect(first?.outcome).toMatchObject({ state: 'crashed', stage: 'measured', exit: { signal: 'SIGKILL' } });
    expect(first?.outcome.state === 'crashed' && first.outcome.keptSamples).toBeGreaterThan(0);
    expect(second?.outcome.state).toBe('completed');
  });
});
