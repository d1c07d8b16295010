import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compare, toCompareExitCode, toPlan, type CompareCommandOptions } from '../../../src/cli/actions/compare.ts';
import { findResult, readSide } from '../../../src/cli/actions/compared-sides.ts';
import { deleteComparison, listComparisons, showComparison } from '../../../src/cli/actions/comparisons.ts';
import type { CommandHost, CommandResult } from '../../../src/cli/host.ts';
import { commandDocumentSchema } from '../../../src/cli/output/documents.ts';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { toCellId } from '../../../src/shared/domain/ids.ts';
import type { CellConfig, Plan } from '../../../src/shared/domain/plan.ts';
import { createSampleComparisons } from '../../e2e/scenarios/sample-comparisons.ts';
import { storeComparisons } from '../../e2e/scenarios/store-comparisons.ts';
import { captureTerminal } from '../../support/captured-terminal.ts';
import {
  createCompleted,
  createConfig,
  createPlan,
  createTemporaryFolder,
  finishCell,
  simulateSeries,
  storeRun,
  type TemporaryFolder,
} from '../storage/sample-run.ts';

let folder: TemporaryFolder;
let core: Core;
beforeEach(() => {
  folder = createTemporaryFolder();
  core = createCore({ dataDirectory: folder.path });
});
afterEach(() => {
  core[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const defaults: CompareCommandOptions = { dim: {}, margin: 0.02, maxDuration: 60, stored: false, wait: false };

function hostOf(width = 80, json = false): { host: CommandHost; lines: string[] } {
  const { terminal, lines } = captureTerminal(width);
  const signal = AbortSignal.timeout(60_000);
  return { lines, host: { terminal, signal, json, openCore: () => Promise.resolve(core), answer: () => undefined } };
}

/** The data of a command, which has to follow the schema of its document. */
function checkDocument(command: string, { data }: CommandResult): unknown {
  const text = JSON.stringify({ schemaVersion: 1, command, ok: true, data });
  return (commandDocumentSchema.parse(JSON.parse(text)) as { data?: unknown }).data;
}

let hour = 0;
function store(configs: readonly Partial<CellConfig>[], plan: Partial<Plan> = {}, p50Ns = 2e6): string {
  const runId = storeRun(core.storage, {
    createdAtMs: 1_767_323_045_000 + hour++ * 3_600_000,
    plan: createPlan(plan),
    configs: configs.map((config) => createConfig(config)),
  });
  for (const [index] of configs.entries()) {
    finishCell(core.storage, runId, index, createCompleted(p50Ns), [simulateSeries(100, index, p50Ns)]);
  }
  return runId;
}

describe('the plan of a comparison', () => {
  const plan = (words: readonly string[], options: Partial<CompareCommandOptions> = {}) => {
    const results = words
      .filter((word) => word.startsWith('run_'))
      .map((word) => findResult(word, core.storage).config);
    return toPlan(words, results, { ...defaults, ...options }, (word) => readSide(word, core.storage));
  };

  it('has each model as one side, on the CPU by default', () => {
    expect(plan(['a.onnx', 'b.onnx', 'c.onnx'])).toEqual({
      baseline: { model: 'a.onnx', provider: 'cpu', threads: 0 },
      candidates: [
        { model: 'b.onnx', provider: 'cpu', threads: 0 },
        { model: 'c.onnx', provider: 'cpu', threads: 0 },
      ],
      batch: 1,
      dims: {},
      seed: 0,
      margin: 0.02,
      maxDurationS: 60,
      data: null,
    });
  });

  it('takes the same model where no candidate is named, if something else differs', () => {
    expect(plan(['a.onnx'], { provider: 'cpu', providerCandidate: 'cuda' }).candidates).toEqual([
      { model: 'a.onnx', provider: 'cuda', threads: 0 },
    ]);
    expect(plan(['a.onnx'], { threads: 1, threadsCandidate: 4 })).toMatchObject({
      baseline: { threads: 1 },
      candidates: [{ model: 'a.onnx', threads: 4 }],
    });
    expect(() => plan(['a.onnx'], { threads: 1 })).toThrow('Only one thing was named.');
  });

  it('puts what is said of a side before what the options say of all', () => {
    expect(
      plan(['a.onnx@cpu:1', 'a.onnx@cuda', 'b@home.onnx'], { threads: 2, providerCandidate: 'dml' }),
    ).toMatchObject({
      baseline: { model: 'a.onnx', provider: 'cpu', threads: 1 },
      candidates: [
        { model: 'a.onnx', provider: 'cuda', threads: 2 },
        { model: 'b@home.onnx', provider: 'dml', threads: 2 },
      ],
    });
  });

  it('takes over what named results agree on, and options before that', () => {
    const shared = { batch: 4, dims: { batch: 4 }, seed: 11 };
    const one = store([{ ...shared, model: 'resnet50', threads: 2 }], { inputs: '/data/images' });
    const other = store([{ ...shared, model: 'resnet50-int8' }], { inputs: '/data/images' });
    expect(plan([one, other])).toMatchObject({
      baseline: { model: 'resnet50', provider: 'cpu', threads: 2 },
      candidates: [{ model: 'resnet50-int8', threads: 0 }],
      batch: 4,
      dims: { batch: 4 },
      seed: 11,
      data: '/data/images',
    });
    expect(plan([one, other], { batch: 1, seed: 3, dim: { length: 8 }, data: '/else' })).toMatchObject({
      batch: 1,
      seed: 3,
      dims: { length: 8 },
      data: '/else',
    });
  });

  it('asks which to use where results differ', () => {
    const [one, other] = [store([{ batch: 1 }]), store([{ batch: 8 }])];
    expect(() => plan([one, other])).toThrow('The results were measured under different conditions.');
    expect(plan([one, other], { batch: 8 }).batch).toBe(8);
  });

  it('needs a margin above none', () => {
    expect(() => plan(['a.onnx', 'b.onnx'], { margin: 0 })).toThrow('No margin would be left.');
  });
});

describe('a result as a side', () => {
  it('is the only configuration of a run, or the one that is named', () => {
    const single = store([{ threads: 3 }]);
    const several = store([{ threads: 1 }, { threads: 2 }]);
    expect(readSide(single, core.storage)).toEqual({ model: 'mobilenet', provider: 'cpu', threads: 3 });
    expect(readSide(`${several}.1`, core.storage).threads).toBe(2);
    expect(() => readSide(several, core.storage)).toThrow(`The run ${several} has 2 configurations.`);
    expect(() => readSide(`${several}.7`, core.storage)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(() => readSide('run_0mib3p8a01k2j3x4', core.storage)).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
  });
});

describe('compare --stored', () => {
  it('gives the ratio of two results, not paired, as text and as data', async () => {
    const [slow, fast] = [store([{}], {}, 4e6), store([{}], {}, 2e6)];
    const { host, lines } = hostOf();
    const result = await compare(host, [slow, fast], { ...defaults, stored: true });
    expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(`(${fast}.0) is FASTER, not paired: 2.`);
    const data = checkDocument('compare', result);
    expect(data).toMatchObject({
      comparisons: [],
      stored: { verdict: 'FASTER', speedup: { value: 2 }, baseline: { cellId: toCellId(slow as never, 0) } },
    });
    expect(result.exitCode ?? 0).toBe(0);
  });

  it('needs two results', async () => {
    const { host } = hostOf();
    await expect(compare(host, [store([{}])], { ...defaults, stored: true })).rejects.toThrow('two results');
  });
});

describe('comparisons', () => {
  const records = createSampleComparisons().map(({ record }) => record);

  it.each([80, 120])('are listed in %d columns with their verdicts, newest first', async (width) => {
    await storeComparisons(core.storage);
    const { host, lines } = hostOf(width);
    const result = await listComparisons(host, { limit: 20 });
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
    const [title, ...rows] = lines;
    expect(title).toMatch(/^comparison .*baseline +candidate +speed-up +verdict$/);
    const verdicts = [/= SAME$/, /▼ SLOWER$/, /□ NO VERDICT$/, /▲ FASTER$/, /\? AMBIGUOUS$/, /✕ NOT MEASURED$/];
    for (const [index, verdict] of verdicts.entries()) expect(rows[index]).toMatch(verdict);
    expect(rows[1]).toMatch(/^cmp_\S+ .*0\.412 +×/);
    expect(checkDocument('comparisons list', result)).toMatchObject({ more: false });
  });

  it('say that none matches, and that there are older ones', async () => {
    const empty = hostOf();
    await listComparisons(empty.host, { limit: 20 });
    expect(empty.lines).toEqual(['No comparison is stored, or none matches.']);
    await storeComparisons(core.storage);
    const { host, lines } = hostOf();
    await listComparisons(host, { model: 'mlp-tabular', limit: 2 });
    expect(lines.filter((line) => line.startsWith('cmp_'))).toHaveLength(2);
    expect(lines.at(-1)).toContain('raise --limit');
  });

  it('are shown with their pairs, and deleted', async () => {
    await storeComparisons(core.storage);
    const { id } = records[2]!;
    const { host, lines } = hostOf(120);
    checkDocument('comparisons show', await showComparison(host, id, { pairs: true }));
    expect(lines[1]).toMatch(/^▲ resnet50-int8-static is FASTER: 3\.018 ×/);
    const pairs = lines.slice(lines.findIndex((line) => /pair +baseline +candidate +speed-up/.test(line)) + 1);
    expect(pairs).toHaveLength(34);
    const asData = hostOf(120, true);
    const data = checkDocument('comparisons show', await showComparison(asData.host, id, { pairs: true }));
    expect(data).toMatchObject({ pairs: { baselineNs: { length: 34 }, candidateNs: { length: 34 } } });
    checkDocument('comparisons delete', await deleteComparison(host, id));
    await expect(showComparison(host, id, { pairs: false })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(showComparison(host, 'cmp_', { pairs: false })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

it('the exit code of a comparison is 3 where a finding takes the verdict its meaning, and 130 after Ctrl+C', () => {
  const [failed, ambiguous, faster, trap] = createSampleComparisons().map(({ record }) => record);
  expect(toCompareExitCode([faster!, ambiguous!], false)).toBe(0);
  expect(toCompareExitCode([faster!, trap!], false)).toBe(3);
  expect(toCompareExitCode([failed!], false)).toBe(3);
  expect(toCompareExitCode([faster!, trap!], true)).toBe(130);
});
