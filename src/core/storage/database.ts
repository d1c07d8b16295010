import { closeSync, openSync, readSync, statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { drizzle, type BetterSQLite3Database } from './drizzle.ts';
import { resourcePath } from '../resources.ts';
import { checkColumns } from './check-columns.ts';
import { damaged, storageUnusable, withStorageFailures } from './failures.ts';
import { APPLICATION_ID, migrate, readMigrations, schemaVersion } from './migrate.ts';

/** An open file with a current schema. Only repositories see it. */
export interface Database {
  readonly sqlite: Sqlite.Database;
  readonly orm: BetterSQLite3Database;
  /** Runs several reads against one state of the file. */
  read<T>(work: () => T): T;
  /** Runs writes as one transaction: all of them are on the disk when it returns, or none. */
  write<T>(work: () => T): T;
  /** Gives the pages of deleted rows back to the file system. */
  reclaim(): void;
}

export interface OpenOptions {
  /** Folder of `NNNN_name.sql`; the shipped one unless said otherwise. */
  migrationsFolder?: string;
  now?: () => Date;
}

const BUSY_TIMEOUT_MS = 5_000;
/** The log is cut back to this size after a large series went through it. */
const LOG_SIZE_LIMIT_BYTES = 16 * 1024 * 1024;
const FILE_HEADER = 'SQLite format 3\0';
/** Tables whose pages are walked at each open. Series are left out: each blob carries its own checksum. */
const CHECKED_TABLES = ['machines', 'models', 'runs', 'cells', 'comparisons'];

/**
 * Opens or creates the database file: checks that it is ours and sound, backs up and migrates an older one.
 * Throws STORAGE_UNUSABLE for a file that is damaged, foreign, newer than this program, without the columns of its
 * version or not writable, and STORAGE_FULL. A file that is refused is not written to.
 */
export function openDatabase(file: string, options: OpenOptions = {}): Database {
  const { migrationsFolder = resourcePath('migrations'), now = () => new Date() } = options;
  const migrations = readMigrations(migrationsFolder);
  prepareFile(file);
  return withStorageFailures(file, () => {
    inspect(file, migrations.length);
    const sqlite = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS });
    try {
      configure(sqlite);
      migrate(sqlite, migrations, now());
      checkColumns(sqlite);
      return toDatabase(file, sqlite);
    } catch (error) {
      sqlite.close();
      throw error;
    }
  });
}

function toDatabase(file: string, sqlite: Sqlite.Database): Database {
  return {
    sqlite,
    orm: drizzle(sqlite),
    read: (work) => withStorageFailures(file, () => sqlite.transaction(work).deferred()),
    // IMMEDIATE: a transaction that starts by reading and is then refused the write lock cannot be retried by SQLite.
    write: (work) => withStorageFailures(file, () => sqlite.transaction(work).immediate()),
    reclaim() {
      withStorageFailures(file, () => {
        sqlite.pragma('incremental_vacuum');
        // The file shrinks at a checkpoint; one that readers hold up is made up for by the next.
        sqlite.pragma('wal_checkpoint(TRUNCATE)');
      });
    },
  };
}

/** Refuses what is plainly no database before SQLite touches it; creates a new file readable by the owner only. */
function prepareFile(file: string): void {
  try {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) {
      closeSync(openSync(file, 'a', 0o600));
      return;
    }
    if (!stat.isFile()) throw damaged(file, 'not a regular file');
    if (stat.size > 0 && readHeader(file) !== FILE_HEADER) throw damaged(file, 'no SQLite header');
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
    if (error.code === 'ENOSPC') return; // SQLite meets the same and reports it as a full disk.
    throw storageUnusable(
      file,
      `The database ${file} cannot be opened or created (${String(error.code)}).`,
      'Check that the folder exists and that this user may write to it, or choose another one with --data-dir.',
      error,
    );
  }
}

function readHeader(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(FILE_HEADER.length);
    readSync(descriptor, bytes, 0, bytes.length, 0);
    return bytes.toString('latin1');
  } finally {
    closeSync(descriptor);
  }
}

/** Looks at the file over a read-only connection, so that one which is refused keeps every byte. */
function inspect(file: string, newestVersion: number): void {
  const sqlite = new Sqlite(file, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    refuseForeign(sqlite, newestVersion);
    const version = schemaVersion(sqlite);
    if (version > 0) checkTables(sqlite);
    if (version === newestVersion) checkColumns(sqlite);
  } finally {
    sqlite.close();
  }
}

/** An empty database has no application id yet and is ours to fill. */
function refuseForeign(sqlite: Sqlite.Database, newestVersion: number): void {
  const objects = Number(sqlite.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
  const applicationId = Number(sqlite.pragma('application_id', { simple: true }));
  if (objects > 0 && applicationId !== APPLICATION_ID) {
    throw storageUnusable(
      sqlite.name,
      `The file ${sqlite.name} is a database of another program.`,
      'Choose another data directory with --data-dir.',
    );
  }
  const version = schemaVersion(sqlite);
  if (version > newestVersion) {
    throw storageUnusable(
      sqlite.name,
      `The database ${sqlite.name} was written by a newer Inferometer (schema ${version}; this one knows ${newestVersion}).`,
      'Install the newer version, or choose another data directory with --data-dir.',
    );
  }
}

function configure(sqlite: Sqlite.Database): void {
  // Lets a deleted run give its pages back without a rewrite of the file. Only possible in a file without tables, and
  // always a write: on a full disk an existing database must still open, if only to delete from it.
  if (Number(sqlite.pragma('page_count', { simple: true })) === 0) sqlite.pragma('auto_vacuum = INCREMENTAL');
  sqlite.pragma('journal_mode = WAL');
  // FULL flushes the log at each commit, so that a finished measurement survives a power cut. A commit follows
  // seconds of measuring; the flush costs milliseconds. NORMAL would flush only at checkpoints.
  sqlite.pragma('synchronous = FULL');
  // On macOS fsync() leaves data in the drive's cache; these ask for F_FULLFSYNC there and do nothing elsewhere.
  sqlite.pragma('fullfsync = ON');
  sqlite.pragma('checkpoint_fullfsync = ON');
  sqlite.pragma('foreign_keys = ON');
  sqlite.pragma(`journal_size_limit = ${LOG_SIZE_LIMIT_BYTES}`);
}

function checkTables(sqlite: Sqlite.Database): void {
  const found = sqlite.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  // An older file has fewer tables until it is migrated.
  for (const table of CHECKED_TABLES.filter((name) => found.includes(name))) {
    const finding = String(sqlite.pragma(`quick_check(${table})`, { simple: true }));
    if (finding !== 'ok') throw damaged(sqlite.name, finding.split('\n')[0] ?? finding);
  }
}
