import { readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type Sqlite from 'better-sqlite3';
import { storageUnusable } from './failures.ts';

/** One step of the schema; after it the file's `user_version` is `version`. */
interface Migration {
  version: number;
  name: string;
  sql: string;
}

/** "INFM" in the header of the file: tells our databases from those of other programs. */
export const APPLICATION_ID = 0x494e464d;

/**
 * Reads `NNNN_name.sql` in order. Numbers start at 0 and have no gaps, so that a schema version is the number of
 * migrations applied.
 */
export function readMigrations(folder: string): Migration[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return files.map((name, position) => {
    if (Number.parseInt(name, 10) !== position) throw new Error(`Migration ${name} is not number ${position}`);
    return { version: position + 1, name, sql: readFileSync(path.join(folder, name), 'utf8') };
  });
}

/**
 * Brings the schema to the newest version in one transaction: it is applied whole or not at all, and two processes
 * that open an old file at once apply it once. A database that holds anything is copied first, to
 * `<file>.v<version>-<time>.backup`.
 */
export function migrate(sqlite: Sqlite.Database, migrations: readonly Migration[], now: Date): void {
  const newest = migrations.length;
  const before = schemaVersion(sqlite);
  if (before === newest) return;
  const backup = before > 0 ? backUp(sqlite, before, now) : undefined;
  // Rebuilding a table drops the old one, which must not cascade; the rule can only be changed outside a transaction.
  sqlite.pragma('foreign_keys = OFF');
  try {
    sqlite.transaction(() => applyPending(sqlite, migrations)).immediate();
  } catch (cause) {
    if (backup === undefined) throw cause;
    throw storageUnusable(
      sqlite.name,
      `The database ${sqlite.name} could not be brought from version ${before} to ${newest}; it was left unchanged.`,
      `Use the version of Inferometer that wrote it; a copy made before the attempt is ${backup}.`,
      cause,
    );
  } finally {
    sqlite.pragma('foreign_keys = ON');
  }
}

/** The number of migrations that the file has seen; 0 for an empty file. */
export function schemaVersion(sqlite: Sqlite.Database): number {
  return Number(sqlite.pragma('user_version', { simple: true }));
}

function applyPending(sqlite: Sqlite.Database, migrations: readonly Migration[]): void {
  // Read again inside the lock: another process may have migrated since.
  const current = schemaVersion(sqlite);
  for (const { version, sql } of migrations) {
    if (version <= current) continue;
    sqlite.exec(sql);
    sqlite.pragma(`user_version = ${version}`);
  }
  sqlite.pragma(`application_id = ${APPLICATION_ID}`);
  const broken = sqlite.prepare('SELECT * FROM pragma_foreign_key_check').all();
  if (broken.length > 0) throw new Error(`Migration leaves ${broken.length} rows without their parent`);
}

/** A complete copy under its final name, or none: VACUUM INTO reads one consistent state, write-ahead log included. */
function backUp(sqlite: Sqlite.Database, version: number, now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:.]/g, '');
  const target = `${sqlite.name}.v${version}-${stamp}.backup`;
  const partial = `${target}.partial`;
  try {
    sqlite.prepare('VACUUM INTO ?').run(partial);
    renameSync(partial, target);
  } finally {
    rmSync(partial, { force: true });
  }
  return target;
}
