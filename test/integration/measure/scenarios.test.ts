import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import type { RunOptions } from '../../../src/core/measure/run-ports.ts';
import { runPlan } from '../../../src/core/measure/run-plan.ts';
import type { Measurement } from '../../../src/shared/domain/measurement.ts';
import type { Plan } from '../../../src/shared/domain/plan.ts';
import type { CellRecord } from '../../../src/shared/domain/run.ts';
import { shortPlan } from '../../support/short-plan.ts';
import { writeExportedDecoder, writeSmallDecoder } from '../../support/small-decoder.ts';

let folder: string;
let core: Core;
let options: RunOptions;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'scenarios-'));
  core = createCore({ dataDirectory: folder });
  options = { lockPath: path.join(folder, 'lock') };
});
afterEach(async () => {
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

async function run(plan: Plan): Promise<CellRecord[]> {
  return core.storage.cells.ofRun(await runPlan(plan, core, options));
}

function measured({ outcome }: CellRecord): Measurement {
  if (outcome.state !== 'completed') throw new Error(`Ended as ${JSON.stringify(outcome)}`);
  return outcome.measurement;
}

function findingsOf({ outcome }: CellRecord): string[] {
  return outcome.state === 'completed' ? outcome.validity.findings.map(({ code }) => code) : [];
}

const warmUp = { minRuns: 2, minS: 0.02, maxS: 0.1, tolerance: 0.5 };

describe('pauses', () => {
  it('are kept before every query, and their latency carries no rate', async () => {
    const plan = shortPlan({
      models: ['digits-cnn'],
      scenario: 'idle-gap',
      pausesMs: [0, 12],
      override: { minDurationS: 0.05, minQueries: 12, warmUp },
    });
    const [without, after] = (await run(plan)).map(measured);
    expect(without?.idleGap?.askedNs).toBe(0);
    expect(after?.idleGap?.kept?.pauses).toBeGreaterThanOrEqual(11);
    // Never early; how late a busy machine makes it is no property of the code.
    expect(after?.idleGap?.kept?.shortestNs).toBeGreaterThanOrEqual(12e6);
    expect(after?.summary.throughput).toBeNull();
    expect(after?.summary.percentiles.map(({ percentile }) => percentile)).toEqual([50, 90]);
  });
});

describe('samples that arrive together', () => {
  it('are one query whose latency is that of the last', async () => {
    const [cell] = await run(
      shortPlan({
        models: ['digits-cnn'],
        scenario: 'multi-stream',
        batches: [4],
        override: { minDurationS: 0.1, minQueries: 20, warmUp },
      }),
    );
    const { summary } = measured(cell!);
    expect(summary.executedSamples).toBe(4 * summary.queries);
  });
});

describe('decoding', () => {
  const override = { minDurationS: 0.1, minQueries: 12, warmUp };

  it('tells prompts and tokens apart, keeps a stamp for each token, and goes on from its cache as in one pass', async () => {
    const model = path.join(folder, 'small.onnx');
    await writeSmallDecoder(model);
    const plan = shortPlan({
      models: [model],
      scenario: 'decode',
      batches: [1, 3],
      decode: { promptTokens: [5], newTokens: 6 },
      override,
    });
    const cells = await run(plan);
    for (const [index, batch] of [1, 3].entries()) {
      const cell = cells[index]!;
      const { decode, summary, executedBatch } = measured(cell);
      expect(decode).toMatchObject({ promptTokens: 5, newTokens: 6, batch, cacheCheck: { sameTokens: true } });
      expect(decode?.cacheCheck?.maxRelativeError).toBeLessThan(1e-4);
      expect(executedBatch).toBe(batch);
      // Keys and values of two layers over 5 + 5 tokens, four heads of eight floats.
      expect(decode?.cacheBytes).toBe(batch * 2 * 2 * 10 * 32 * 4);
      expect(summary.queries).toBe((decode?.requests ?? 0) * 5);
      expect(summary.throughput?.unit).toBe('tokens/s');
      const [stored] = core.storage.series.read(cell.id);
      const { scheduledNs, issuedNs, completedNs } = stored!.samples;
      expect(completedNs).toHaveLength((decode?.requests ?? 0) * 6);
      expect(scheduledNs?.[0]).toBe(issuedNs[0]);
      expect(new Set(scheduledNs?.slice(0, 6)).size).toBe(1);
      expect(issuedNs[1]).toBeGreaterThanOrEqual(completedNs[0]!);
      expect(findingsOf(cell)).not.toContain('CACHE_DIFFERS');
    }
  });

  it('feeds masks and positions of exported models, and finds a model whose cache does not go with its positions', async () => {
    const right = path.join(folder, 'right.onnx');
    const wrong = path.join(folder, 'wrong.onnx');
    await writeExportedDecoder(right);
    await writeExportedDecoder(wrong, 'positions');
    const plan = shortPlan({
      models: [right, wrong],
      scenario: 'decode',
      batches: [2],
      decode: { promptTokens: [4], newTokens: 5 },
      override,
    });
    const [good, bad] = await run(plan);
    expect(measured(good!).decode?.cacheCheck?.maxRelativeError).toBeLessThan(1e-4);
    expect(findingsOf(good!)).not.toContain('CACHE_DIFFERS');
    expect(findingsOf(bad!)).toContain('CACHE_DIFFERS');
  });
});

describe('cold starts', () => {
  it('are fresh processes, each from the request for it to its first answer', async () => {
    const [cell] = await run(
      shortPlan({ models: ['digits-cnn'], scenario: 'cold-start', override: { minDurationS: 0.01, minQueries: 3 } }),
    );
    const { coldStart, summary, executedBatch } = measured(cell!);
    expect(coldStart).toMatchObject({ starts: 3, pageCache: 'warm' });
    expect(executedBatch).toBe(1);
    const [stored] = core.storage.series.read(cell!.id);
    const { scheduledNs, issuedNs, completedNs } = stored!.samples;
    expect(completedNs).toHaveLength(3);
    for (let start = 0; start < 3; start++) {
      expect(issuedNs[start]).toBeGreaterThan(scheduledNs![start]!);
      expect(completedNs[start]).toBeGreaterThan(issuedNs[start]!);
    }
    const parts = [coldStart!.processStart, coldStart!.sessionCreation, coldStart!.firstInference];
    expect(summary.latencyMaxNs).toBeGreaterThan(Math.min(...parts.map(({ value }) => value)));
    expect(summary.throughput).toBeNull();
  });
});
