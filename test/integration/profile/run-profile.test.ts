import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { acquireLock } from '../../../src/core/measure/lock.ts';
import { runPlan } from '../../../src/core/measure/run-plan.ts';
import { compareProfiles } from '../../../src/core/profile/compare-profiles.ts';
import { profilePlanOfCell } from '../../../src/core/profile/profile-plan-of-cell.ts';
import { runProfile } from '../../../src/core/profile/run-profile.ts';
import { fingerprintMachine } from '../../../src/core/hardware/fingerprint.ts';
import { defaultPeakRules } from '../../../src/core/roofline/measure-peaks.ts';
import { providePeaks } from '../../../src/core/roofline/provide-peaks.ts';
import { toCellId } from '../../../src/shared/domain/ids.ts';
import type { ProfileMessage, ProfilePlan } from '../../../src/shared/domain/profile.ts';
import { absent, present } from '../../../src/shared/domain/provenance.ts';
import { floats, int64s, tensorInfo, writeGraph } from '../../fixtures/onnx/build.ts';
import { createQdqGraph, integers } from '../../support/qdq-graph.ts';
import { shortPlan } from '../../support/short-plan.ts';

/** Peaks within a second; what they say of the machine means little. */
const peakRules = {
  ...defaultPeakRules,
  sizes: [256],
  lengths: [1, 33] as const,
  maxRuns: 3,
  maxS: 0.05,
  leastArrayBytes: 2 ** 20,
  mostArrayBytes: 2 ** 20,
  mostOtherLoad: 1,
};

let folder: string;
let lockPath: string;
let core: Core;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'profile-'));
  lockPath = path.join(folder, 'lock');
  core = createCore({ dataDirectory: path.join(folder, 'data') });
});
afterAll(async () => {
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

function plan(changes: Partial<ProfilePlan> = {}): ProfilePlan {
  return { model: 'digits-cnn', provider: 'cpu', batch: 1, threads: 1, dims: {}, seed: 7, inputs: null, ...changes };
}

/** A graph of two quantized convolutions between pairs, so that kernels are fused. */
function writeQuantized(): Promise<string> {
  const graph = createQdqGraph();
  const conv = (name: string, from: string): string =>
    graph.pair(
      graph.add('Conv', name, [from, graph.weight(`${name}_w`, [8, 8, 3, 3])], [integers('pads', [1, 1, 1, 1])]),
    );
  const output = conv('c2', conv('c1', graph.pair('x')));
  const dims = [1, 8, 12, 12];
  return writeGraph(path.join(folder, 'quantized.onnx'), graph.build(dims, output, dims));
}

describe('a profile on the CPU', () => {
  it('tells nodes, operators, parts, overhead and roofline, stores them, and deletes them', async () => {
    const messages: ProfileMessage[] = [];
    const record = await runProfile(plan(), core, {
      lockPath,
      peakRules,
      onMessage: (message) => messages.push(message),
    });
    expect(messages.flatMap((message) => (message.type === 'progress' ? [message.stage] : []))).toEqual([
      'plain',
      'profiled',
      'counting',
      'peaks',
    ]);
    expect(messages.at(-1)).toEqual({ type: 'profiled', record });

    const { nodes, operators, placement, parts, passes, roofline } = record;
    expect(record.label).toBe('cpu');
    expect(placement).toMatchObject({ deviceShare: 1, memcpyNodes: 0 });
    expect(operators.some(({ operator }) => operator.endsWith('Conv'))).toBe(true);
    expect(operators.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    const products = nodes.filter(({ operator }) => /Conv|Gemm/.test(operator));
    for (const { source, flops } of products) {
      expect(source).not.toBeNull();
      expect(flops).toBeGreaterThan(0);
    }
    expect(passes.plainRuns).toBeGreaterThanOrEqual(2);
    expect(passes.overhead.value).toBeCloseTo(passes.profiled.value / passes.plain.value, 9);
    expect(parts.hostToHost).toEqual(passes.plain);
    expect(parts.compute).toMatchObject({ status: 'present' });
    expect(parts.copyIn).toMatchObject({ status: 'absent' });

    if (roofline.status === 'absent') throw new Error(roofline.reason);
    const { peaks, flops, achieved } = roofline.value;
    expect(peaks.products.float32).toMatchObject({ status: 'present' });
    expect(peaks.copy).toMatchObject({ status: 'present', value: { unit: 'B/s' } });
    expect(peaks.products.float16).toMatchObject({ status: 'absent' });
    expect(achieved.value).toBeCloseTo((flops / passes.plain.value) * 1e9, 0);
    // The nodes that ran are those of the model, whose operations fusions only join.
    const counted = products.reduce((sum, node) => sum + (node.flops ?? 0), 0);
    expect(counted / flops).toBeGreaterThan(0.9);
    expect(counted / flops).toBeLessThan(1.2);

    const { id } = record;
    expect(core.storage.profiles.get(id)).toEqual(record);
    expect(core.storage.profiles.list({ model: 'digits-cnn' }).items).toMatchObject([{ id, cellId: null }]);
    core.storage.profiles.delete(id);
    expect(() => core.storage.profiles.get(id)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(() => core.storage.machines.get(record.provenance.machineSha256)).toThrow();
    expect(await readdir(core.directory.temporary)).toEqual([]);
  });

  it('measures peaks once for a machine, anew on demand, and never where only stored ones are wanted', async () => {
    const report = await core.detectMachine();
    const options = {
      spawn: core.spawn,
      config: { provider: 'cpu', threads: 1 } as const,
      allowedCpus: [],
      machine: report,
      machineFingerprint: fingerprintMachine(report),
      temporaryFolder: core.directory.temporary,
      rules: peakRules,
    };
    const noEngine = () => {
      throw new Error('No engine is needed');
    };
    const first = await providePeaks('measure', core.storage, options);
    if (first.status === 'absent') throw new Error(first.reason);
    expect(await providePeaks('measure', core.storage, { ...options, spawn: noEngine })).toEqual(first);
    const again = await providePeaks('refresh', core.storage, options);
    expect(again.status === 'present' && again.value.measuredAt > first.value.measuredAt).toBe(true);
    expect(await providePeaks('stored', core.storage, options)).toEqual(again);
    const others = { ...options, config: { provider: 'cpu', threads: 7 } as const, spawn: noEngine };
    const none = await providePeaks('stored', core.storage, others);
    expect(none).toMatchObject({ status: 'absent', remedy: expect.any(String) as string });
  });

  it('names nodes of a quantized model by the nodes that they were made of, and sets it beside another', async () => {
    const options = { lockPath, peaks: 'stored' as const };
    const record = await runProfile(plan({ model: await writeQuantized() }), core, options);
    const kernels = record.nodes.filter(({ operator }) => operator === 'com.microsoft:QLinearConv');
    expect(kernels.map(({ source }) => source?.node)).toEqual(['c1', 'c2']);
    expect(kernels.map((node) => node.class)).toEqual(['integer', 'integer']);
    // 12 x 12 positions times 8 x 8 x 9 weights, two operations each.
    expect(kernels.map(({ flops }) => flops)).toEqual([165_888, 165_888]);
    const float = await runProfile(plan(), core, options);
    const { matchedBy, rows } = compareProfiles(float, record);
    expect(matchedBy).toBe('operator');
    expect(rows.find(({ key }) => key === 'Conv')).toMatchObject({
      baseline: { providers: ['CPUExecutionProvider'] },
      candidate: { operators: ['com.microsoft:QLinearConv'], nodes: 2 },
    });
  });
});

/** A model that takes a batch of numbers, computes the first one and hands that out for all of them. */
function writeFirstSampleOnly(width: number): Promise<string> {
  const node = (opType: string, input: string[], output: string) => ({ opType, name: output, input, output: [output] });
  return writeGraph(path.join(folder, 'first-only.onnx'), {
    name: 'first-only',
    input: [tensorInfo('x', ['batch', 1])],
    output: [tensorInfo('y', ['batch', 1])],
    initializer: [
      int64s('from', [0]),
      int64s('to', [1]),
      floats('enter', [1, width]),
      floats('square', [width, width]),
      floats('leave', [width, 1]),
    ],
    node: [
      node('Slice', ['x', 'from', 'to'], 'first'),
      node('MatMul', ['first', 'enter'], 'wide'),
      node('MatMul', ['wide', 'square'], 'product'),
      node('MatMul', ['product', 'leave'], 'narrow'),
      node('Shape', ['x'], 'shape'),
      node('Expand', ['narrow', 'shape'], 'y'),
    ],
  });
}

describe('the alarm of the roofline', () => {
  it('sounds for a batch that the model does not compute, and not for the one sample that it does', async () => {
    const rate = { value: 1e12, unit: 'FLOP/s', kind: 'measured', interval: null, n: 10 } as const;
    const none = absent('not measured in this test');
    core.storage.peaks.put({
      provider: 'cpu',
      threads: 3,
      machineFingerprint: fingerprintMachine(await core.detectMachine()),
      onnxruntime: '1.30.0',
      measuredAt: new Date().toISOString(),
      durationS: 1,
      otherLoad: 0,
      products: { float32: present(rate), float16: none, int8: none },
      float32OneThread: none,
      copy: none,
      copyArrayBytes: 2 ** 20,
    });
    const model = await writeFirstSampleOnly(512);
    const codesAt = async (batch: number): Promise<string[]> => {
      const options = { lockPath, peaks: 'stored' as const };
      const { findings } = await runProfile(plan({ model, batch, threads: 3 }), core, options);
      return findings.map(({ code }) => code);
    };
    // 65,536 samples of half a million operations are 34 ms of this peak; the one that is computed is next to nothing.
    expect(await codesAt(65_536)).toContain('IMPLAUSIBLE');
    expect(await codesAt(1)).not.toContain('IMPLAUSIBLE');
  });
});

describe('a profile of a measured configuration', () => {
  it('has its inputs and its variation, and is deleted with it', async () => {
    const runId = await runPlan(shortPlan({ models: ['digits-cnn'] }), core, { lockPath });
    const cellId = toCellId(runId, 0);
    const asked = profilePlanOfCell(cellId, core.storage);
    expect(asked).toEqual(plan());
    const record = await runProfile(asked, core, { lockPath, peaks: 'stored', cellId });
    const { provenance } = core.storage.cells.get(cellId);
    expect(record.provenance.inputs.sha256).toBe(provenance?.inputs.sha256);
    expect(core.storage.profiles.list({ cellId }).items).toMatchObject([{ id: record.id, cellId }]);
    core.storage.runs.delete(runId);
    expect(core.storage.profiles.list({ cellId }).items).toEqual([]);
    expect(() => core.storage.machines.get(record.provenance.machineSha256)).toThrow();
  });
});

describe('what cannot be profiled', () => {
  it('is refused: an unknown model, a busy machine, a size that does not exist', async () => {
    await expect(runProfile(plan({ model: 'resnet51' }), core, { lockPath })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
    await expect(runProfile(plan({ dims: { sequence: 8 } }), core, { lockPath })).rejects.toMatchObject({
      code: 'DIMENSION_MISMATCH',
    });
    using _held = await acquireLock({ lockPath, wait: false });
    await expect(runProfile(plan(), core, { lockPath })).rejects.toMatchObject({ code: 'MACHINE_BUSY' });
  });

  it('leaves nothing when it is cancelled', async () => {
    const abort = new AbortController();
    const stopped = runProfile(plan(), core, {
      lockPath,
      signal: abort.signal,
      onMessage: (message) => {
        if (message.type === 'progress' && message.stage === 'profiled') abort.abort();
      },
    });
    const before = core.storage.profiles.list().items.length;
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(core.storage.profiles.list().items).toHaveLength(before);
    expect(await readdir(core.directory.temporary)).toEqual([]);
  });
});
