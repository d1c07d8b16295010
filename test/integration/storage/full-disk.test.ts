import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { toCellId } from '../../../src/shared/domain/ids.ts';
import { exportRun } from '../../../src/core/report/export-run.ts';
import { openDatabase } from '../../../src/core/storage/database.ts';
import { createStorage, openStorage, type Storage } from '../../../src/core/storage/open.ts';
import { mountSmallDisk } from '../../support/small-disk.ts';
import {
  createCompleted,
  createConfig,
  createTemporaryFolder,
  finishCell,
  simulateSeries,
  storeRun,
} from '../../unit/storage/sample-run.ts';

const full: unknown = expect.objectContaining({ name: 'InferometerError', code: 'STORAGE_FULL' });

/** Finishes configurations until the disk is full; returns how many fitted. */
function fillUp(storage: Storage, run: ReturnType<typeof storeRun>, series: ReturnType<typeof simulateSeries>): number {
  for (let index = 0; ; index += 1) {
    try {
      finishCell(storage, run, index, createCompleted(1e6), [series]);
    } catch (error) {
      expect(error).toEqual(full);
      return index;
    }
  }
}

function expectIntact(storage: Storage, run: ReturnType<typeof storeRun>, fitted: number): void {
  expect(fitted).toBeGreaterThan(2);
  for (const { id, index, outcome } of storage.cells.ofRun(run)) {
    const expected = index < fitted ? { state: 'completed', n: [20_000] } : { state: outcome.state, n: [] };
    expect({ state: outcome.state, n: storage.series.sizes(id).map(({ n }) => n) }).toEqual(expected);
  }
}

const configs = Array.from({ length: 400 }, () => createConfig());

test('a database that may not grow says the disk is full and keeps what it had', () => {
  using folder = createTemporaryFolder();
  const database = openDatabase(path.join(folder.path, 'test.sqlite'));
  using storage = createStorage(database);
  const run = storeRun(storage, { createdAtMs: 1e12, configs });
  database.sqlite.pragma('max_page_count = 500');
  const fitted = fillUp(storage, run, simulateSeries(20_000, 1));
  expectIntact(storage, run, fitted);
  database.sqlite.pragma('max_page_count = 5000');
  // The same configuration can be finished once there is space: it is still marked as running.
  const result = { outcome: createCompleted(1e6), provenance: null, endedAt: '2026-01-02T03:05:05Z' };
  storage.cells.finish(toCellId(run, fitted), result, [simulateSeries(20_000, 1)]);
  expectIntact(storage, run, fitted + 1);
});

test('on a disk that really runs full, storing, opening and exporting all say so', async () => {
  using folder = createTemporaryFolder();
  using disk = mountSmallDisk(folder.path);
  // Without the right to mount there is no such disk; the test above holds the same for SQLite's own limit.
  if (disk === undefined) return;
  const file = path.join(disk.path, 'test.sqlite');
  {
    using storage = openStorage(file);
    const run = storeRun(storage, { createdAtMs: 1e12, configs });
    expectIntact(storage, run, fillUp(storage, run, simulateSeries(20_000, 1)));
    const before = readdirSync(disk.path);
    await expect(exportRun(storage, run, 'jsonl', path.join(disk.path, 'run.jsonl'))).rejects.toEqual(full);
    expect(readdirSync(disk.path)).toEqual(before);
  }
  using reopened = openStorage(file);
  const run = reopened.runs.list().items[0]!;
  expect(run.cellsByState.completed).toBeGreaterThan(2);
  reopened.close();
  rmSync(file);
  fillWithZeros(path.join(disk.path, 'ballast'));
  expect(() => openStorage(path.join(disk.path, 'new.sqlite'))).toThrow(full);
});

function fillWithZeros(file: string): void {
  for (let size = 1 << 20; size >= 1; size >>= 1) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Smaller pieces fill what is left.
    }
  }
}

test.runIf(process.platform === 'linux')('a folder that cannot be written to is refused', () => {
  // Not even root may create files in sysfs.
  const file = '/sys/kernel/test.sqlite';
  expect(() => openStorage(file)).toThrow(expect.objectContaining({ code: 'STORAGE_UNUSABLE' }));
  expect(existsSync(file)).toBe(false);
});
