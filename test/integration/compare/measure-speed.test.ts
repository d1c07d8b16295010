import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseResidence } from '../../../src/core/compare/speed/choose-residence.ts';
import { measureSpeed, type MeasureSpeedOptions } from '../../../src/core/compare/speed/measure-speed.ts';
import type { PairSide, Residence } from '../../../src/core/compare/speed/pair-source.ts';
import { planQueries, planTurn } from '../../../src/core/compare/speed/plan-blocks.ts';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import { plainSession } from '../../../src/core/engine-client/session-config.ts';
import { generateInputs } from '../../../src/core/models/inputs/generate-inputs.ts';
import { engineEntryPath } from '../../../src/core/resources.ts';
import { shortRules } from '../../support/short-comparison.ts';
import { writeMatrixChain } from '../../support/slow-model.ts';

let folder: string;
let short: PairSide;
let long: PairSide;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'measure-speed-'));
  const target = path.join(folder, 'inputs.bin');
  const inputs = await generateInputs({
    inputs: [{ name: 'x', type: 'float32', dims: [1, 64, 64] }],
    batch: 1,
    seed: 1,
    target,
  });
  const toSide = async (products: number): Promise<PairSide> => {
    const file = path.join(folder, `chain-${products}.onnx`);
    await writeMatrixChain(file, products);
    return { session: plainSession(file, { threads: 1 }), inputs, batchOutput: 'y' };
  };
  [short, long] = [await toSide(4), await toSide(40)];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function toOptions(
  sides: readonly [PairSide, PairSide],
  changes: Partial<MeasureSpeedOptions> = {},
): MeasureSpeedOptions {
  return {
    spawn: createNodeSpawner(engineEntryPath()),
    sides,
    residence: 'together',
    residenceReason: null,
    margin: 0.02,
    maxDurationS: 20,
    rules: shortRules,
    memoryLimitBytes: undefined,
    ...changes,
  };
}

describe('the blocks of a turn', () => {
  it('put each side first and second equally often, and begin a pair with one feed', () => {
    const blocks = [0, 1].flatMap((turn) => planTurn(turn, [3, 5]));
    expect(blocks.map(({ side }) => side)).toEqual([0, 1, 1, 0, 1, 0, 0, 1]);
    expect(blocks.map(({ firstFeed }) => firstFeed)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(blocks.every(({ side, queries }) => queries === (side === 0 ? 3 : 5))).toBe(true);
  });

  it('hold as many queries as fill their time, three at least unless one lasts over a second', () => {
    const rule = { blockS: 0.1, minQueries: 3 };
    expect(planQueries(1e6, rule)).toBe(100);
    expect(planQueries(90e6, rule)).toBe(3);
    expect(planQueries(2e9, rule)).toBe(1);
  });
});

describe('the place of the sessions', () => {
  it('is one process while memory holds both', () => {
    const need = { modelBytes: [1e9, 1e9], inputBytes: [0, 0] } as const;
    expect(chooseResidence({ ...need, limitBytes: 16e9 })).toEqual({ residence: 'together', reason: null });
    expect(chooseResidence({ ...need, limitBytes: undefined }).residence).toBe('together');
    expect(chooseResidence({ ...need, limitBytes: 4e9 })).toEqual({
      residence: 'in-turn',
      reason: expect.stringContaining('3.7 GiB') as string,
    });
  });
});

describe('measuring which is faster', () => {
  it.each(['together', 'apart', 'in-turn'] as const)('finds ten times the work: %s', async (residence: Residence) => {
    const measured = await measureSpeed(toOptions([long, short], { residence, residenceReason: 'for a test' }));
    const { speed, pairs, series, executedBatch } = measured;
    expect(speed.verdict).toBe('FASTER');
    expect(speed.stopped).toBe('settled');
    expect(speed.speedup.value).toBeGreaterThan(2);
    expect(speed.pairing).toBe(residence === 'together' ? 'resident' : 'processes');
    expect(speed.pairs).toBeGreaterThanOrEqual(10);
    expect(pairs.baselineNs).toHaveLength(speed.pairs);
    expect(pairs.candidateNs).toHaveLength(speed.pairs);
    expect(series.candidate.issuedNs).toHaveLength(speed.pairs * speed.queriesPerBlock.candidate);
    for (const { issuedNs, completedNs } of [series.baseline, series.candidate]) {
      expect(issuedNs.every((stamp, query) => stamp >= (completedNs[query - 1] ?? 0))).toBe(true);
    }
    expect(executedBatch).toEqual([1, 1]);
  });

  it('stops at the longest time, with what would settle it', async () => {
    const { speed } = await measureSpeed(toOptions([short, short], { maxDurationS: 0.001, margin: 1e-6 }));
    expect(speed).toMatchObject({ verdict: 'AMBIGUOUS', stopped: 'time-limit', pairs: 2 });
  });

  it('tells progress, from warm-up to the pairs', async () => {
    const stages: string[] = [];
    await measureSpeed(toOptions([long, short], { onProgress: ({ stage }) => stages.push(stage) }));
    expect(stages[0]).toBe('warm-up');
    expect(new Set(stages.slice(1))).toEqual(new Set(['pairs']));
  });

  it('is gone within a second of a cancellation, and knows nothing before ten pairs', async () => {
    const abort = new AbortController();
    const running = measureSpeed(
      toOptions([short, short], {
        signal: abort.signal,
        rules: { ...shortRules, block: { blockS: 0.5, minQueries: 3 } },
      }),
    );
    setTimeout(() => abort.abort(), 800);
    const startedMs = performance.now();
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(performance.now() - startedMs).toBeLessThan(800 + 2000);
  });

  it('keeps what it has when it is cancelled after ten pairs', async () => {
    const abort = new AbortController();
    const { speed, pairs } = await measureSpeed(
      toOptions([short, short], {
        margin: 1e-6,
        signal: abort.signal,
        onProgress: (progress) => {
          if (progress.pairs >= 12) abort.abort();
        },
      }),
    );
    expect(speed.stopped).toBe('cancelled');
    expect(speed.pairs).toBeGreaterThanOrEqual(12);
    expect(pairs.baselineNs).toHaveLength(speed.pairs);
  });

  it('passes on why a model does not run, whichever side it is', async () => {
    const broken: PairSide = { ...short, session: plainSession(path.join(folder, 'nothing.onnx')) };
    await expect(measureSpeed(toOptions([short, broken]))).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
});
