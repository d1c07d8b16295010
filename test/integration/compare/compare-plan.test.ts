import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparePlan } from '../../../src/core/compare/compare-plan.ts';
import { compareStored } from '../../../src/core/compare/compare-stored.ts';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { acquireLock } from '../../../src/core/measure/lock.ts';
import { runPlan } from '../../../src/core/measure/run-plan.ts';
import { createGraphBuilder } from '../../../src/core/onnx/build.ts';
import { writeModel } from '../../../src/core/onnx/write.ts';
import type { ComparisonMessage } from '../../../src/shared/domain/comparison.ts';
import { toCellId } from '../../../src/shared/domain/ids.ts';
import { shortComparison, shortRules } from '../../support/short-comparison.ts';
import { shortPlan } from '../../support/short-plan.ts';

let folder: string;
let lockPath: string;
let core: Core;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'compare-plan-'));
  lockPath = path.join(folder, 'lock');
  core = createCore({ dataDirectory: path.join(folder, 'data') });
});
afterAll(async () => {
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

const same = { model: 'digits-cnn', provider: 'cpu', threads: 1 } as const;

/** A model of one node. */
async function writeNegation(file: string, input: string, dims: (number | string)[]): Promise<void> {
  const graph = createGraphBuilder();
  graph.output('y', graph.node('Neg', [graph.input(input, 'float32', dims)]), 'float32', dims);
  const { model, tensorData } = graph.build('negation');
  await writeModel(model, file, { tensorData });
}

describe('a plan of comparisons', () => {
  it('is carried out, told and stored with its evidence', async () => {
    const messages: ComparisonMessage[] = [];
    const [record] = await comparePlan(shortComparison(), core, {
      lockPath,
      rules: shortRules,
      onMessage: (message) => messages.push(message),
    });
    if (record === undefined) throw new Error('No record');
    const { result } = record;
    expect(core.storage.comparisons.get(record.id)).toEqual(record);
    expect(messages.at(-1)).toEqual({ type: 'compared', record });
    expect(result.speed?.pairs).toBeGreaterThanOrEqual(2);
    expect(core.storage.comparisons.pairs(record.id).baselineNs).toHaveLength(result.speed?.pairs ?? 0);
    expect(core.storage.comparisons.series(record.id)?.candidate.issuedNs.length).toBeGreaterThan(0);
    // The held-out images of the trained reference model, so that both sides are right or wrong together.
    expect(result.quality?.source).toBe('labelled');
    expect(result.quality?.labelled).toMatchObject({ onlyBaselineRight: 0, onlyCandidateRight: 0 });
    expect(result.baseline.kernels?.operators.length).toBeGreaterThan(0);
    expect(result.conditions?.baseline.inputs.sha256).toBe(result.conditions?.candidate.inputs.sha256);
    expect(record.command).toContain('compare digits-cnn digits-cnn --provider cpu --threads 1');
  });

  it('judges several candidates together, each stored before it is told', async () => {
    const { baseline } = shortComparison();
    const plan = shortComparison({ candidates: [baseline, { ...baseline, threads: 2 }] });
    const told: number[] = [];
    const records = await comparePlan(plan, core, {
      lockPath,
      rules: shortRules,
      evidence: false,
      onMessage: (message) => {
        if (message.type !== 'compared') return;
        told.push(message.record.candidate);
        expect(core.storage.comparisons.get(message.record.id)).toEqual(message.record);
      },
    });
    expect(told).toEqual([0, 1, 0, 1]);
    expect(new Set(records.map(({ groupId }) => groupId)).size).toBe(1);
    expect(records.map(({ result }) => result.speed?.adjusted?.comparisons)).toEqual([2, 2]);
    const { items } = core.storage.comparisons.list({ model: 'digits-cnn', limit: 2 });
    expect(items.map(({ candidate }) => candidate.threads).toSorted()).toEqual([1, 2]);
  });

  it('waits for no other measurement unless told to', async () => {
    using _lock = await acquireLock({ wait: false, lockPath });
    await expect(comparePlan(shortComparison(), core, { lockPath, rules: shortRules })).rejects.toMatchObject({
      code: 'MACHINE_BUSY',
    });
  });

  it.each([
    [{ candidates: [{ model: 'resnet51', provider: 'cpu', threads: 1 }] }, 'MODEL_NOT_FOUND'],
    [{ dims: { nothing: 3 } }, 'DIMENSION_MISMATCH'],
    [{ data: '/nowhere/at/all' }, 'INPUTS_INVALID'],
    // There is no GPU library in the package; the candidate that could be measured is not, either.
    [{ candidates: [same, { ...same, provider: 'cuda' }] }, 'PROVIDER_UNAVAILABLE'],
  ] as const)('refuses %o before anything is stored', async (changes, code) => {
    const before = core.storage.comparisons.list().items.length;
    const plan = { ...shortComparison(), ...changes } as ReturnType<typeof shortComparison>;
    await expect(comparePlan(plan, core, { lockPath, rules: shortRules })).rejects.toMatchObject({ code });
    expect(core.storage.comparisons.list().items).toHaveLength(before);
  });

  it('keeps what was measured when its evidence cannot be gathered', async () => {
    const temporary = path.join(folder, 'temporary');
    await mkdir(temporary);
    const ports = { ...core, directory: { ...core.directory, temporary } };
    const [record] = await comparePlan(shortComparison(), ports, {
      lockPath,
      rules: shortRules,
      onMessage: (message) => {
        if (message.type === 'progress' && message.stage === 'kernels') rmSync(temporary, { recursive: true });
      },
    });
    expect(record?.result.speed?.pairs).toBeGreaterThanOrEqual(2);
    expect(record?.result.findings.map(({ code }) => code)).toContain('EVIDENCE_UNKNOWN');
    expect(core.storage.comparisons.get(record!.id)).toEqual(record);
  });

  it('judges and returns what was measured before it was cancelled', async () => {
    const abort = new AbortController();
    const records = await comparePlan(shortComparison({ candidates: [same, same, same] }), core, {
      lockPath,
      rules: shortRules,
      evidence: false,
      signal: abort.signal,
      onMessage: (message) => {
        if (message.type === 'progress' && message.candidate === 2) abort.abort();
      },
    });
    expect(records.length).toBeGreaterThanOrEqual(2);
    expect(records.every(({ result }) => result.speed?.adjusted?.comparisons === records.length)).toBe(true);
  });

  it('goes on after a candidate that does not take its batch, and names the reason', async () => {
    const fixed = path.join(folder, 'fixed.onnx');
    await writeNegation(fixed, 'x', [1, 4]);
    const [refused, measured] = await comparePlan(
      shortComparison({ candidates: [{ ...same, model: fixed }, same], batch: 2 }),
      core,
      { lockPath, rules: shortRules, evidence: false },
    );
    expect(refused?.result).toMatchObject({
      speed: null,
      findings: [{ severity: 'invalid', code: 'DIMENSION_MISMATCH' }],
    });
    expect(measured?.result.speed?.pairs).toBeGreaterThanOrEqual(2);
  });

  it('gives each side inputs of its own where their names differ', async () => {
    const [one, other] = [path.join(folder, 'one.onnx'), path.join(folder, 'other.onnx')];
    await writeNegation(one, 'x', ['n', 64]);
    await writeNegation(other, 'z', ['n', 64]);
    const [record] = await comparePlan(
      shortComparison({ baseline: { ...same, model: one }, candidates: [{ ...same, model: other }] }),
      core,
      { lockPath, rules: shortRules },
    );
    expect(record?.result.findings.map(({ code }) => code)).toContain('INPUTS_DIFFER');
    expect(record?.result.quality).toBeNull();
  });

  it('that is cancelled at once leaves nothing', async () => {
    const before = core.storage.comparisons.list().items.length;
    const options = { lockPath, rules: shortRules, signal: AbortSignal.abort() };
    await expect(comparePlan(shortComparison(), core, options)).rejects.toThrow();
    expect(core.storage.comparisons.list().items).toHaveLength(before);
  });

  it('is deleted with its samples', async () => {
    const [record] = await comparePlan(shortComparison(), core, { lockPath, rules: shortRules, evidence: false });
    if (record === undefined) throw new Error('No record');
    core.storage.comparisons.delete(record.id);
    for (const read of [
      () => core.storage.comparisons.get(record.id),
      () => core.storage.comparisons.pairs(record.id),
      () => core.storage.comparisons.delete(record.id),
    ]) {
      expect(read).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
    }
  });
});

describe('two stored results', () => {
  it('have a ratio that is not called paired', async () => {
    const plan = shortPlan({ models: ['digits-cnn'], batches: [1, 4] });
    const runId = await runPlan(plan, core, { lockPath });
    const [baseline, candidate] = [toCellId(runId, 0), toCellId(runId, 1)];
    const ratio = compareStored({ baseline, candidate, margin: 0.02 }, core.storage);
    expect(ratio.speedup.kind).toBe('computed');
    expect(ratio.speedup.value).toBeCloseTo(ratio.baseline.latency.value / ratio.candidate.latency.value, 10);
    expect(ratio.speedup.interval?.low).toBeLessThan(ratio.speedup.value);
    expect(ratio.remarks.slice(0, 2)).toEqual([
      expect.stringContaining('not in pairs') as string,
      expect.stringContaining('batches differ') as string,
    ]);
    expect(compareStored({ baseline, candidate: baseline, margin: 0.99 }, core.storage).verdict).toBe('SAME');
  });
});
