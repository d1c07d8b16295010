import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';
import path from 'node:path';
import { openDatabase } from '../../../src/core/storage/database.ts';
import * as schema from '../../../src/core/storage/schema.ts';
import { createTemporaryFolder } from './sample-run.ts';

const tables: SQLiteTable[] = Object.values(schema);

/** What the TypeScript schema says about a table, in the terms of SQLite's pragmas. */
function describeDeclared(table: SQLiteTable) {
  const { columns, foreignKeys, indexes, primaryKeys } = getTableConfig(table);
  const keyColumns = primaryKeys.flatMap((key) => key.columns.map(({ name }) => name));
  return {
    columns: columns.map((column) => ({
      name: column.name,
      type: column.getSQLType().toUpperCase(),
      notnull: column.notNull ? 1 : 0,
      pk: column.primary ? 1 : keyColumns.indexOf(column.name) + 1,
    })),
    foreignKeys: foreignKeys
      .map((key) => {
        const { columns: from, foreignColumns, foreignTable } = key.reference();
        return `${from[0]?.name} -> ${getTableConfig(foreignTable).name}.${foreignColumns[0]?.name} ${(key.onDelete ?? 'no action').toUpperCase()}`;
      })
      .sort(),
    indexes: indexes
      .map(
        ({ config }) =>
          `${config.name} ${config.unique ? 1 : 0} ${config.columns.map((column) => ('name' in column ? column.name : '?')).join(',')}`,
      )
      .sort(),
  };
}

test('the schema in TypeScript and a migrated database agree column by column', () => {
  using folder = createTemporaryFolder();
  const { sqlite } = openDatabase(path.join(folder.path, 'new.sqlite'));
  type Row = Record<'name' | 'from' | 'table' | 'to' | 'on_delete' | 'unique' | 'strict', unknown>;
  const rows = (sql: string): Row[] => sqlite.prepare<[], Row>(sql).all();
  const describeStored = (name: string) => ({
    columns: rows(`SELECT name, type, "notnull", pk FROM pragma_table_info('${name}')`),
    foreignKeys: rows(`SELECT * FROM pragma_foreign_key_list('${name}')`)
      .map((key) => `${String(key.from)} -> ${String(key.table)}.${String(key.to)} ${String(key.on_delete)}`)
      .sort(),
    indexes: rows(`SELECT * FROM pragma_index_list('${name}') WHERE origin = 'c'`)
      .map((index) => {
        const columns = rows(`SELECT name FROM pragma_index_info('${String(index.name)}')`).map(
          (column) => column.name,
        );
        return `${String(index.name)} ${String(index.unique)} ${columns.join(',')}`;
      })
      .sort(),
  });
  for (const table of tables) {
    expect(describeStored(getTableConfig(table).name)).toEqual(describeDeclared(table));
  }
  const stored = rows(`SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'`);
  expect(stored.map(({ name }) => name).sort()).toEqual(tables.map((table) => getTableConfig(table).name).sort());
  expect(stored.filter(({ strict }) => strict !== 1)).toEqual([]);
  sqlite.close();
});
