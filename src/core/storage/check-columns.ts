import type Sqlite from 'better-sqlite3';
import { getTableConfig, type SQLiteTable } from './drizzle.ts';
import { storageUnusable } from './failures.ts';
import * as schema from './schema.ts';

const tables: SQLiteTable[] = Object.values(schema);

/**
 * Throws STORAGE_UNUSABLE for a database of the newest version whose tables lack a column that this program reads, or
 * demand one that it does not write: a version between two releases wrote it.
 */
export function checkColumns(sqlite: Sqlite.Database): void {
  const stored = sqlite.prepare<[string], { name: string; isDemanded: number }>(
    'SELECT name, "notnull" = 1 AND dflt_value IS NULL AS isDemanded FROM pragma_table_info(?)',
  );
  for (const table of tables) {
    const { name, columns } = getTableConfig(table);
    const found = stored.all(name);
    const missing = columns.find((column) => !found.some((one) => one.name === column.name));
    if (missing !== undefined) throw unlike(sqlite.name, `no column "${missing.name}" in ${name}`);
    const foreign = found.find((one) => one.isDemanded === 1 && !columns.some((column) => column.name === one.name));
    if (foreign !== undefined) throw unlike(sqlite.name, `an unknown column "${foreign.name}" in ${name}`);
  }
}

function unlike(file: string, finding: string) {
  return storageUnusable(
    file,
    `The database ${file} was written by an unreleased version of Inferometer (it has ${finding}).`,
    'Move the file aside to start with an empty one, or choose another data directory with --data-dir.',
  );
}
