import { statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readRunExport } from '../../../src/core/report/run-export.ts';
import { runIdSchema, sha256Schema, toCellId } from '../../../src/shared/domain/ids.ts';
import { openStorage, type Storage } from '../../../src/core/storage/open.ts';
import {
  createCompleted,
  createConfig,
  createFiles,
  createPlan,
  createProvenance,
  createTemporaryFolder,
  finishCell,
  machineFingerprint,
  machineSha256,
  simulateSeries,
  storeRun,
  type TemporaryFolder,
} from './sample-run.ts';

const DAY_MS = 86_400_000;
const start = Date.UTC(2026, 0, 1);

let folder: TemporaryFolder;
let storage: Storage;

beforeEach(() => {
  folder = createTemporaryFolder();
  storage = openStorage(path.join(folder.path, 'test.sqlite'));
});

afterEach(() => {
  storage.close();
  folder[Symbol.dispose]();
});

function fails(code: string): unknown {
  return expect.objectContaining({ name: 'InferometerError', code });
}

describe('a run', () => {
  test('starts with its plan and all configurations pending', () => {
    const id = storeRun(storage, { createdAtMs: start, configs: [createConfig(), createConfig({ batch: 8 })] });
    expect(storage.runs.get(id)).toEqual({
      id,
      plan: createPlan(),
      files: createFiles(),
      state: 'running',
      machineSha256,
      createdAt: '2026-01-01T00:00:00.000Z',
      endedAt: null,
    });
    expect(storage.cells.ofRun(id).map(({ index, config, outcome }) => [index, config.batch, outcome.state])).toEqual([
      [0, 1, 'pending'],
      [1, 8, 'pending'],
    ]);
  });

  test('is not stored at all when one configuration cannot be', () => {
    const unknownMachine = sha256Schema.parse('e'.repeat(64));
    const id = runIdSchema.parse('run_0000000000000000');
    const run = {
      id,
      plan: createPlan(),
      files: createFiles(),
      machineSha256: unknownMachine,
      createdAt: new Date(start).toISOString(),
      owner: { pid: 1, startTime: '' },
    };
    expect(() => {
      storage.runs.create(run, [createConfig()]);
    }).toThrow(/FOREIGN KEY/);
    expect(() => storage.runs.get(id)).toThrow(fails('NOT_FOUND'));
    expect(storage.cells.ofRun(id)).toEqual([]);
  });

  test('ends once its state is marked, and can be taken up again', () => {
    const id = storeRun(storage, { createdAtMs: start, configs: [createConfig()] });
    storage.runs.markState(id, 'cancelled', '2026-01-01T01:00:00+01:00');
    expect(storage.runs.get(id)).toMatchObject({ state: 'cancelled', endedAt: '2026-01-01T00:00:00.000Z' });
    storage.runs.resume(id, { pid: 4, startTime: 'later' });
    expect(storage.runs.get(id)).toMatchObject({ state: 'running', endedAt: null });
    expect(() => {
      storage.runs.resume(id, { pid: 5, startTime: 'x' });
    }).toThrow(fails('USAGE'));
  });

  test('takes its samples with it when it is deleted, and the file shrinks', () => {
    const id = storeRun(storage, { createdAtMs: start, configs: [createConfig()] });
    const kept = storeRun(storage, { createdAtMs: start + 1, configs: [createConfig()] });
    finishCell(storage, id, 0, createCompleted(1e6), [simulateSeries(300_000, 1)]);
    finishCell(storage, kept, 0, createCompleted(1e6), [simulateSeries(100, 2)]);
    expect(() => {
      storage.runs.delete(id);
    }).toThrow(fails('USAGE'));
    storage.runs.markState(id, 'completed', '2026-01-01T00:10:00Z');
    const bytes = (): number => statSync(storage.path).size + statSync(`${storage.path}-wal`).size;
    const before = bytes();
    storage.runs.delete(id);
    expect(before - bytes()).toBeGreaterThan(900_000);
    expect([...storage.series.read(toCellId(id, 0))]).toEqual([]);
    expect([...storage.series.read(toCellId(kept, 0))]).toHaveLength(1);
    expect(() => {
      storage.runs.delete(id);
    }).toThrow(fails('NOT_FOUND'));
  });
});

describe('the machine reports of a run', () => {
  test('go with the last run that names them, those of its configurations included', () => {
    const id = storeRun(storage, { createdAtMs: start, configs: [createConfig()] });
    const other = storeRun(storage, { createdAtMs: start + 1, configs: [createConfig()] });
    const resumed = storage.machines.put({
      fingerprint: machineFingerprint,
      report: { cores: 2, cpu: 'later' },
      seenAt: '2026-01-02T00:00:00.000Z',
    });
    const cellId = toCellId(id, 0);
    storage.cells.start(cellId, '2026-01-02T00:00:00.000Z');
    const provenance = { ...createProvenance(), machineSha256: resumed };
    const endedAt = '2026-01-02T00:01:00.000Z';
    storage.cells.finish(cellId, { outcome: createCompleted(1e6), provenance, endedAt }, []);
    for (const run of [id, other]) storage.runs.markState(run, 'completed', endedAt);
    expect(readRunExport(storage, id).head.machines.map(({ sha256 }) => sha256)).toEqual([machineSha256, resumed]);
    storage.runs.delete(id);
    expect(() => storage.machines.get(resumed)).toThrow(fails('NOT_FOUND'));
    expect(storage.machines.get(machineSha256).report).toMatchObject({ cpu: 'test' });
    storage.runs.delete(other);
    expect(() => storage.machines.get(machineSha256)).toThrow(fails('NOT_FOUND'));
  });
});

describe('the list of runs', () => {
  test('is newest first and continues at its cursor without gaps', () => {
    const ids = Array.from({ length: 7 }, (_, day) =>
      storeRun(storage, { createdAtMs: start + day * DAY_MS, configs: [createConfig()] }),
    );
    const seen: string[] = [];
    let page = storage.runs.list({ limit: 3 });
    for (;;) {
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      page = storage.runs.list({ limit: 3, cursor: page.nextCursor });
    }
    expect(seen).toEqual(ids.toReversed());
  });

  test('filters by model, provider and verdict of one and the same configuration, by state and by time', () => {
    const mixed = storeRun(storage, {
      createdAtMs: start,
      configs: [createConfig({ model: 'a' }), createConfig({ model: 'b', provider: 'cuda' })],
    });
    const other = storeRun(storage, { createdAtMs: start + DAY_MS, configs: [createConfig({ model: 'c' })] });
    finishCell(storage, mixed, 0, createCompleted(1e6, 'INVALID'));
    finishCell(storage, mixed, 1, createCompleted(1e6));
    storage.runs.markState(mixed, 'completed', '2026-01-01T00:10:00Z');
    const ids = (filter: Parameters<typeof storage.runs.list>[0]): string[] =>
      storage.runs.list(filter).items.map(({ id }) => id);
    expect(ids({ model: 'a' })).toEqual([mixed]);
    expect(ids({ model: 'a', provider: 'cuda' })).toEqual([]);
    expect(ids({ model: 'a', verdict: 'VALID' })).toEqual([]);
    expect(ids({ model: 'b', provider: 'cuda', verdict: 'VALID', state: 'completed' })).toEqual([mixed]);
    expect(ids({ state: 'running' })).toEqual([other]);
    expect(ids({ since: '2026-01-02T01:00:00+01:00' })).toEqual([other]);
    expect(storage.runs.list({ model: 'a' }).items[0]).toMatchObject({
      cells: 2,
      cellsByState: { completed: 2 },
      cellsByVerdict: { VALID: 1, INVALID: 1 },
    });
  });
});

describe('a configuration', () => {
  test('is stored with outcome, provenance, samples and the columns that lists show', () => {
    const id = storeRun(storage, { createdAtMs: start, configs: [createConfig()] });
    const series = [simulateSeries(1000, 1), simulateSeries(900, 2)];
    const outcome = createCompleted(1_234_567.5);
    finishCell(storage, id, 0, outcome, series);
    const cellId = toCellId(id, 0);
    expect(storage.cells.get(cellId)).toEqual({
      id: cellId,
      runId: id,
      index: 0,
      config: createConfig(),
      outcome,
      provenance: createProvenance(),
      startedAt: '2026-01-02T03:04:05.000Z',
      endedAt: '2026-01-02T03:05:05.000Z',
    });
    expect([...storage.series.read(cellId)]).toEqual(series.map((samples, process) => ({ process, samples })));
    expect(storage.series.sizes(cellId)).toEqual([
      { process: 0, n: 1000 },
      { process: 1, n: 900 },
    ]);
    expect(storage.cells.summaries({ runId: id })).toEqual([
      expect.objectContaining({
        id: cellId,
        state: 'completed',
        verdict: 'VALID',
        p50Ns: 1_234_567.5,
        p50LowNs: 1_234_567.5 * 0.9,
        p50HighNs: 1_234_567.5 * 1.1,
        p99Ns: null,
        throughput: 1e9 / 1_234_567.5,
      }),
    ]);
  });

  test('leaves nothing behind when one of its series cannot be stored', () => {
    const id = storeRun(storage, { createdAtMs: start, configs: [createConfig()] });
    const cellId = toCellId(id, 0);
    storage.cells.start(cellId, '2026-01-02T03:04:05Z');
    const broken = { scheduledNs: null, issuedNs: Float64Array.of(0.5), completedNs: Float64Array.of(1) };
    const result = { outcome: createCompleted(1e6), provenance: null, endedAt: '2026-01-02T03:05:05Z' };
    expect(() => {
      storage.cells.finish(cellId, result, [simulateSeries(10, 1), broken]);
    }).toThrow(RangeError);
    expect(storage.cells.get(cellId).outcome).toEqual({ state: 'running' });
    expect(storage.series.sizes(cellId)).toEqual([]);
  });

  test('cannot be finished twice or without a start', () => {
    const id = storeRun(storage, { createdAtMs: start, configs: [createConfig()] });
    const result = { outcome: createCompleted(1e6), provenance: null, endedAt: '2026-01-02T03:05:05Z' };
    expect(() => {
      storage.cells.finish(toCellId(id, 0), result, []);
    }).toThrow(/not running/);
    finishCell(storage, id, 0, createCompleted(1e6));
    expect(() => {
      storage.cells.finish(toCellId(id, 0), result, []);
    }).toThrow(/not running/);
    expect(() => {
      storage.cells.start(toCellId(id, 0), result.endedAt);
    }).toThrow(/not pending/);
  });

  test('with a number that JSON cannot hold is refused rather than stored unreadable', () => {
    const id = storeRun(storage, { createdAtMs: start, configs: [createConfig()] });
    expect(() => {
      finishCell(storage, id, 0, createCompleted(Number.NaN));
    }).toThrow(/NaN/);
    expect(storage.cells.get(toCellId(id, 0)).outcome.state).toBe('running');
  });

  test('that was cancelled can be made pending again, without its samples', () => {
    const id = storeRun(storage, { createdAtMs: start, configs: [createConfig(), createConfig({ batch: 2 })] });
    finishCell(storage, id, 0, createCompleted(1e6), [simulateSeries(10, 1)]);
    finishCell(storage, id, 1, { state: 'cancelled', stage: 'measure', keptSamples: 10 }, [simulateSeries(10, 2)]);
    storage.cells.reset(id, ['cancelled', 'crashed']);
    expect(
      storage.cells
        .ofRun(id)
        .map(({ outcome, startedAt, endedAt, provenance }) => [
          outcome.state,
          startedAt === null,
          endedAt === null,
          provenance === null,
        ]),
    ).toEqual([
      ['completed', false, false, false],
      ['pending', true, true, true],
    ]);
    expect(storage.series.sizes(toCellId(id, 1))).toEqual([]);
    expect(storage.series.sizes(toCellId(id, 0))).toHaveLength(1);
  });

  test('lists continue after a cursor across runs, in order of the index as a number', () => {
    const configs = Array.from({ length: 11 }, (_, i) => createConfig({ batch: i + 1 }));
    storeRun(storage, { createdAtMs: start, configs });
    storeRun(storage, { createdAtMs: start + 1, configs });
    const all = storage.cells.summaries({ model: 'mobilenet', provider: 'cpu' });
    expect(all.map(({ index }) => index)).toEqual([...Array(11).keys(), ...Array(11).keys()]);
    const first = storage.cells.summaries({ limit: 15 });
    const last = first.at(-1)!;
    expect([...first, ...storage.cells.summaries({ cursor: last })]).toEqual(all);
  });
});

describe('recovery', () => {
  test('interrupts runs of processes that are gone and makes their running configuration pending', () => {
    const dead = storeRun(storage, {
      createdAtMs: start,
      configs: [createConfig(), createConfig(), createConfig()],
      ownerPid: 11,
    });
    const alive = storeRun(storage, { createdAtMs: start + 1, configs: [createConfig()], ownerPid: 22 });
    finishCell(storage, dead, 0, createCompleted(1e6), [simulateSeries(10, 1)]);
    storage.cells.start(toCellId(dead, 1), '2026-01-02T03:06:00Z');
    storage.cells.start(toCellId(alive, 0), '2026-01-02T03:06:00Z');
    const asked: unknown[] = [];
    const interrupted = storage.runs.recoverInterrupted((pid, startTime) => {
      asked.push([pid, startTime]);
      return pid === 22;
    });
    expect(interrupted).toEqual([dead]);
    expect(asked).toEqual([
      [11, 't0'],
      [22, 't0'],
    ]);
    expect(storage.runs.get(dead)).toMatchObject({ state: 'interrupted', endedAt: '2026-01-02T03:05:05.000Z' });
    expect(storage.cells.ofRun(dead).map(({ outcome }) => outcome.state)).toEqual(['completed', 'pending', 'pending']);
    expect(storage.series.sizes(toCellId(dead, 0))).toHaveLength(1);
    expect(storage.cells.get(toCellId(alive, 0)).outcome.state).toBe('running');
  });
});
