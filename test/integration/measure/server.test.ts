import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { resumePlan, runPlan } from '../../../src/core/measure/run-plan.ts';
import type { RunEvent, RunOptions } from '../../../src/core/measure/run-ports.ts';
import { searchRate } from '../../../src/core/measure/search/rate.ts';
import { createGraphBuilder } from '../../../src/core/onnx/build.ts';
import { writeModel } from '../../../src/core/onnx/write.ts';
import type { RunId } from '../../../src/shared/domain/ids.ts';
import type { Plan } from '../../../src/shared/domain/plan.ts';
import { readRateSearches } from '../../../src/shared/rate-search.ts';
import { shortPlan } from '../../support/short-plan.ts';

let folder: string;
let core: Core;
let options: RunOptions;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'server-'));
  core = createCore({ dataDirectory: folder });
  options = { lockPath: path.join(folder, 'lock') };
});
afterAll(async () => {
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

function serverPlan(changes: Partial<Plan>): Plan {
  return shortPlan({ models: ['mlp-tabular'], scenario: 'server', ...changes });
}

/** What the only configuration of a plan gave. */
async function measureOne(changes: Partial<Plan>) {
  const runId = await runPlan(serverPlan(changes), core, options);
  const [cell] = core.storage.cells.ofRun(runId);
  if (cell?.outcome.state !== 'completed') throw new Error(JSON.stringify(cell?.outcome));
  const { measurement, validity } = cell.outcome;
  if (measurement.server === undefined) throw new Error('no account of the load');
  const [series] = core.storage.series.read(cell.id);
  if (series?.samples.scheduledNs == null) throw new Error('no schedule');
  const codes = validity.findings.map(({ code }) => code);
  const { scheduledNs, issuedNs, completedNs } = series.samples;
  return { cell, server: measurement.server, summary: measurement.summary, codes, scheduledNs, issuedNs, completedNs };
}

describe('a server', () => {
  it('answers every query of its schedule, none before it arrives, and counts latency from the arrival', async () => {
    const { server, summary, cell, scheduledNs, issuedNs, completedNs } = await measureOne({ ratesPerS: [400] });
    expect(server).toMatchObject({ offeredPerS: 400, unansweredQueries: 0, sustained: true, serviceLevel: null });
    expect(summary.queries).toBe(server.scheduledQueries);
    expect(summary.queries).toBeGreaterThan(64);
    expect(scheduledNs.every((scheduled, query) => scheduled <= issuedNs[query]!)).toBe(true);
    expect(issuedNs.every((issued, query) => query === 0 || issued >= completedNs[query - 1]!)).toBe(true);
    const mean = completedNs.reduce((sum, completed, query) => sum + completed - scheduledNs[query]!, 0) / summary.kept;
    expect(summary.latencyMeanNs?.value).toBeCloseTo(mean, 3);
    expect(server.batches).toEqual([
      { queries: 1, calls: summary.queries, meanServiceNs: expect.any(Number) as number },
    ]);
    expect(server.joinShare).toBe(0);
    expect(server.utilisation).toBeLessThan(1);
    expect(cell.provenance?.command).toContain('--scenario server --batch 1 --threads 1 --rate 400 ');
  });

  it('puts waiting queries together, each answered once, and says how many shared a call', async () => {
    const batching = { maxBatch: 4, maxDelayMs: 5 };
    const { server, summary, cell } = await measureOne({ ratesPerS: [1000], batching });
    const queries = server.batches.reduce((sum, one) => sum + one.queries * one.calls, 0);
    expect(queries).toBe(summary.queries);
    expect(Math.max(...server.batches.map((one) => one.queries))).toBe(4);
    expect(server.joinShare).toBeGreaterThan(0);
    // The leading dimension of the output, per query: the calls really had the size that was counted.
    expect(cell.outcome.state === 'completed' && cell.outcome.measurement.executedBatch).toBe(1);
  });

  it('says that it fell behind where queries come faster than they are answered, and does not answer all of them', async () => {
    const override = {
      minDurationS: 1.5,
      minQueries: 64,
      warmUp: { minRuns: 10, minS: 0.05, maxS: 0.2, tolerance: 0.5 },
    };
    const { server, codes } = await measureOne({ ratesPerS: [500_000], override });
    expect(codes).toContain('OVERLOADED');
    expect(server.sustained).toBe(false);
    expect(server.unansweredQueries).toBeGreaterThan(0);
  });

  it('counts the queries that missed the limit of a service level', async () => {
    const { server, summary } = await measureOne({
      ratesPerS: [200],
      serviceLevel: { percentile: 90, latencyMs: 10_000 },
      override: { minDurationS: 0.1, minQueries: 1, warmUp: { minRuns: 2, minS: 0, maxS: 0.1, tolerance: 0.5 } },
    });
    // 64 queries are what p90 needs, whatever the plan's own minimum.
    expect(server.serviceLevel).toEqual({
      percentile: 90,
      latencyMs: 10_000,
      queries: summary.queries,
      missed: 0,
      kept: true,
      proved: true,
    });
    expect(summary.queries).toBeGreaterThanOrEqual(64);
  });
});

describe('bad loads', () => {
  it.each<[string, Partial<Plan>, RegExp]>([
    ['no rate', {}, /needs a rate/],
    ['a rate that no schedule holds', { ratesPerS: [1e12] }, /more than the 8000000/],
    ['a rate that never ends', { ratesPerS: [1e-6] }, /take 17777 h/],
    ['a search without a limit', { search: { kind: 'rate' } }, /needs a limit/],
    [
      'a search in another scenario',
      { scenario: 'offline', search: { kind: 'rate' }, serviceLevel: { percentile: 99, latencyMs: 5 } },
      /in the scenario server/,
    ],
    ['a rate in another scenario', { scenario: 'offline', ratesPerS: [5] }, /belong to the scenario server/],
    [
      'a delay beyond the limit',
      { ratesPerS: [5], batching: { maxBatch: 2, maxDelayMs: 5 }, serviceLevel: { percentile: 99, latencyMs: 5 } },
      /may wait 5 ms/,
    ],
  ])('%s is refused before anything is stored', async (_, changes, message) => {
    const before = core.storage.runs.list({}).items;
    await expect(runPlan(serverPlan(changes), core, options)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message) as string,
    });
    expect(core.storage.runs.list({}).items).toEqual(before);
  });

  it('a model whose batch is fixed does not let queries share a call', async () => {
    const file = path.join(folder, 'fixed.onnx');
    const graph = createGraphBuilder();
    graph.output('y', graph.node('Relu', [graph.input('x', 'float32', [1, 4])]), 'float32', [1, 4]);
    await writeModel(graph.build('fixed').model, file);
    const plan = serverPlan({ models: [file], ratesPerS: [100], batching: { maxBatch: 2, maxDelayMs: 0 } });
    await expect(runPlan(plan, core, options)).rejects.toMatchObject({
      code: 'DIMENSION_MISMATCH',
      message: 'Queries cannot share a call: the model fixes its batch at 1.',
    });
  });
});

describe('a search for the highest rate', () => {
  const search: Partial<Plan> = { search: { kind: 'rate' }, serviceLevel: { percentile: 90, latencyMs: 20 } };

  it('is refused with the measured service time where the limit is below it', async () => {
    const plan = serverPlan({ ...search, serviceLevel: { percentile: 90, latencyMs: 1e-4 } });
    const runId = await runPlan(plan, core, options);
    const cells = core.storage.cells.ofRun(runId);
    const [found] = readRateSearches(plan, cells);
    expect(cells).toHaveLength(1);
    expect(found).toMatchObject({ isLimitBelowService: true, highestConfirmedPerS: null });
    expect(found?.alone?.latencyNs).toBeGreaterThan(100);
  });

  it('goes on after its core was killed, and measures nothing again that was finished', async () => {
    core[Symbol.dispose]();
    const plan = serverPlan(search);
    const child = fork(new URL('../../support/run-plan-child.ts', import.meta.url), [], {
      execArgv: [],
      env: { ...process.env, PLAN: JSON.stringify(plan), DATA_DIR: folder, LOCK: options.lockPath },
    });
    const started: RunId[] = [];
    child.on('message', (event: RunEvent) => {
      if (event.type === 'started') started.push(event.runId);
      if (event.type === 'cell-started' && event.index === 2) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    core = createCore({ dataDirectory: folder });
    const [runId] = started;
    if (runId === undefined) throw new Error('the run had not started');
    const before = core.storage.cells.ofRun(runId);
    expect(before.map(({ outcome }) => outcome.state)).toEqual(['completed', 'completed', 'pending']);

    const abort = new AbortController();
    const measuredAgain: number[] = [];
    await resumePlan(runId, core, {
      ...options,
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === 'cell-started') measuredAgain.push(event.index);
        if (event.type === 'cell-finished' && event.index === 3) abort.abort();
      },
    });
    const after = core.storage.cells.ofRun(runId);
    expect(measuredAgain).toEqual([2, 3]);
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(searchRate(core.storage.runs.get(runId).plan, after.slice(0, 3))).toEqual([after[3]?.config]);
  });
});
