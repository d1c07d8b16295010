import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/resources.ts';
import { toCellId } from '../../../src/shared/domain/ids.ts';
import { openDatabase } from '../../../src/core/storage/database.ts';
import { APPLICATION_ID, readMigrations } from '../../../src/core/storage/migrate.ts';
import { openStorage } from '../../../src/core/storage/open.ts';
import {
  createCompleted,
  createConfig,
  createTemporaryFolder,
  finishCell,
  simulateSeries,
  storeRun,
  type TemporaryFolder,
} from './sample-run.ts';

let folder: TemporaryFolder;
let file: string;

beforeEach(() => {
  folder = createTemporaryFolder();
  file = path.join(folder.path, 'test.sqlite');
});

afterEach(() => {
  folder[Symbol.dispose]();
});

const unusable: unknown = expect.objectContaining({ name: 'InferometerError', code: 'STORAGE_UNUSABLE' });

function hashOf(target: string): string {
  return createHash('sha256').update(readFileSync(target)).digest('hex');
}

/** Opens `file`, expects a refusal whose message matches, and that no byte of the file changed. */
function expectRefusal(message: RegExp): void {
  const before = hashOf(file);
  expect(() => openStorage(file)).toThrow(unusable);
  expect(() => openStorage(file)).toThrow(message);
  expect(hashOf(file)).toBe(before);
}

/** A database with two runs of many configurations, so that it has pages of every table. */
function fillDatabase(): void {
  using storage = openStorage(file);
  const configs = Array.from({ length: 30 }, (_, i) => createConfig({ batch: i + 1 }));
  for (const createdAtMs of [1e12, 2e12]) {
    const run = storeRun(storage, { createdAtMs, configs });
    for (const index of configs.keys())
      finishCell(storage, run, index, createCompleted(1e6), [simulateSeries(50, index)]);
  }
}

describe('a new file', () => {
  test('is created for its owner only, flushes each commit, and enforces keys', () => {
    const { sqlite } = openDatabase(file);
    const pragma = (name: string): unknown => sqlite.pragma(name, { simple: true });
    expect(['journal_mode', 'synchronous', 'foreign_keys', 'auto_vacuum', 'busy_timeout'].map(pragma)).toEqual([
      'wal',
      2,
      1,
      2,
      5000,
    ]);
    if (process.platform !== 'win32') {
      expect([file, `${file}-wal`].map((name) => statSync(name).mode & 0o777)).toEqual([0o600, 0o600]);
    }
    sqlite.close();
  });

  test('of zero bytes, left by a crash during creation, is taken into use', () => {
    writeFileSync(file, '');
    using storage = openStorage(file);
    expect(storage.runs.list().items).toEqual([]);
  });

  test('closes at the end of its scope and then refuses work', () => {
    const storage = openStorage(file);
    storage[Symbol.dispose]();
    expect(() => storage.runs.list()).toThrow(/not open/);
  });
});

describe('a file that is not ours to use', () => {
  test('of plain text is refused and left alone', () => {
    writeFileSync(file, 'these are my notes, not a database\n');
    expectRefusal(/no SQLite header/);
  });

  test('of a few bytes is refused and left alone', () => {
    writeFileSync(file, 'SQLite');
    expectRefusal(/no SQLite header/);
  });

  test('that is a folder is refused', () => {
    mkdirSync(file);
    expect(() => openStorage(file)).toThrow(unusable);
  });

  test('that belongs to another program is refused and left alone', () => {
    const other = new Sqlite(file);
    other.exec('CREATE TABLE bookmarks (url TEXT)');
    other.close();
    expectRefusal(/another program/);
  });

  test('written by a newer version is refused and left alone', () => {
    openStorage(file).close();
    const newer = new Sqlite(file);
    newer.pragma('user_version = 99');
    newer.close();
    expectRefusal(/newer Inferometer \(schema 99/);
  });

  test('without a column of its version is refused with the column and left alone', () => {
    fillDatabase();
    const sqlite = new Sqlite(file);
    sqlite.exec('ALTER TABLE runs DROP COLUMN files');
    sqlite.close();
    expectRefusal(/no column "files" in runs/);
  });

  test('with a column that nothing fills is refused with the column and left alone', () => {
    openStorage(file).close();
    const sqlite = new Sqlite(file);
    sqlite.exec('DROP TABLE settings; CREATE TABLE settings (key TEXT, value TEXT, owner TEXT NOT NULL) STRICT');
    sqlite.close();
    expectRefusal(/unknown column "owner" in settings/);
  });

  test('in a folder that does not exist is refused', () => {
    expect(() => openStorage(path.join(folder.path, 'nowhere', 'x.sqlite'))).toThrow(unusable);
  });
});

describe('a damaged database', () => {
  test.each([0.3, 0.6, 0.95])('cut off at %d of its length is refused and left alone', (share) => {
    fillDatabase();
    truncateSync(file, Math.floor(statSync(file).size * share));
    expectRefusal(/damaged/);
  });

  test('with its pages overwritten is refused and left alone', () => {
    fillDatabase();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096, 4096 * 40);
    writeFileSync(file, bytes);
    expectRefusal(/damaged/);
  });

  test('in its samples opens, and names the damage when they are read', () => {
    fillDatabase();
    const sqlite = new Sqlite(file);
    sqlite.exec(
      "UPDATE series SET data = CAST(substr(data, 1, 20) || x'00' || substr(data, 22) AS BLOB) WHERE process = 0",
    );
    sqlite.close();
    using storage = openStorage(file);
    const run = storage.runs.list().items[0]!;
    expect(storage.cells.ofRun(run.id)).toHaveLength(30);
    expect(() => [...storage.series.read(toCellId(run.id, 0))]).toThrow(unusable);
  });

  test('with a record edited by hand names the record', () => {
    fillDatabase();
    const sqlite = new Sqlite(file);
    sqlite.exec("UPDATE cells SET outcome = '{}' WHERE idx = 3");
    sqlite.close();
    using storage = openStorage(file);
    const run = storage.runs.list().items[0]!;
    expect(() => storage.cells.get(toCellId(run.id, 3))).toThrow(new RegExp(`cell ${run.id}.3`));
    expect(() => storage.cells.get(toCellId(run.id, 3))).toThrow(unusable);
  });
});

describe('a database of an older version', () => {
  const now = () => new Date('2026-05-06T07:08:09.000Z');

  /** The shipped migrations and one more after them. */
  function createMigrations(sql: string): string {
    const target = path.join(folder.path, 'migrations');
    cpSync(path.join(packageRoot, 'resources', 'migrations'), target, { recursive: true });
    const count = readdirSync(target).filter((name) => name.endsWith('.sql')).length;
    writeFileSync(path.join(target, `${String(count).padStart(4, '0')}_next.sql`), sql);
    return target;
  }

  function findBackups(): string[] {
    return readdirSync(folder.path).filter((name) => name.endsWith('.backup'));
  }

  test('is copied, then migrated with its contents', () => {
    fillDatabase();
    const migrationsFolder = createMigrations(
      'ALTER TABLE models ADD COLUMN note TEXT; CREATE TABLE extra (id TEXT PRIMARY KEY) STRICT;',
    );
    using storage = openStorage(file, { migrationsFolder, now });
    expect(storage.runs.list().items).toHaveLength(2);
    expect(findBackups()).toEqual([expect.stringMatching(/^test\.sqlite\.v\d+-20260506T070809000Z\.backup$/)]);
    using backup = openStorage(path.join(folder.path, findBackups()[0]!));
    expect(backup.runs.list()).toEqual(storage.runs.list());
    // A second opening has nothing to do.
    openStorage(file, { migrationsFolder, now: () => new Date(0) }).close();
    expect(findBackups()).toHaveLength(1);
  });

  test('is opened from every version that was released', () => {
    const migrations = readMigrations(path.join(packageRoot, 'resources', 'migrations'));
    for (const { version } of migrations.slice(0, -1)) {
      const older = path.join(folder.path, `version-${version}.sqlite`);
      const sqlite = new Sqlite(older);
      for (const { sql } of migrations.slice(0, version)) sqlite.exec(sql);
      sqlite.pragma(`user_version = ${version}`);
      sqlite.pragma(`application_id = ${APPLICATION_ID}`);
      sqlite.close();
      using storage = openStorage(older, { now });
      expect(storage.comparisons.list().items).toEqual([]);
    }
  });

  test('whose migration fails half-way stays as it was, and the error names the copy', () => {
    fillDatabase();
    const migrationsFolder = createMigrations(
      'CREATE TABLE half (id TEXT) STRICT; INSERT INTO no_such_table VALUES (1);',
    );
    expect(() => openStorage(file, { migrationsFolder, now })).toThrow(unusable);
    expect(findBackups()).toHaveLength(1);
    const database = openDatabase(file);
    expect(database.sqlite.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").pluck().get()).toBe(0);
    database.sqlite.close();
  });

  test('may rebuild a table that others refer to without losing their rows', () => {
    fillDatabase();
    const migrationsFolder = createMigrations(`
      CREATE TABLE new_machines (sha256 TEXT PRIMARY KEY NOT NULL, fingerprint TEXT NOT NULL, report TEXT NOT NULL, first_seen TEXT NOT NULL) STRICT;
      INSERT INTO new_machines SELECT * FROM machines;
      DROP TABLE machines;
      ALTER TABLE new_machines RENAME TO machines;`);
    using storage = openStorage(file, { migrationsFolder, now });
    const run = storage.runs.list().items[0]!;
    expect(storage.machines.get(run.machineSha256).report).toMatchObject({ cores: 2 });
    expect(storage.cells.ofRun(run.id)).toHaveLength(30);
  });
});
