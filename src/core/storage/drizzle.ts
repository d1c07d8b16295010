import { createRequire } from 'node:module';
import type * as Orm from 'drizzle-orm';
import type * as Driver from 'drizzle-orm/better-sqlite3';
import type * as Columns from 'drizzle-orm/sqlite-core';

/**
 * The one import of drizzle. Its ES modules are some hundred small files in a package whose package.json has 179 kB,
 * which Node reads again for every file: 240 MB resident and 0.6 s. The same library as CommonJS takes 20 MB and 0.2 s.
 * The function is not called `require`, because electron-vite declares that name in what it builds from this.
 */
const load = createRequire(import.meta.url);

export const { and, asc, count, desc, eq, exists, gt, gte, inArray, lt, max, ne, notExists, or, sql } = load(
  'drizzle-orm',
) as typeof Orm;
export const { drizzle } = load('drizzle-orm/better-sqlite3') as typeof Driver;
// eslint-disable-next-line @typescript-eslint/no-deprecated -- one overload of primaryKey is; it is not the one in use
export const { blob, getTableConfig, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } = load(
  'drizzle-orm/sqlite-core',
) as typeof Columns;
export type { SQLiteTable } from 'drizzle-orm/sqlite-core';
export type { SQL } from 'drizzle-orm';
export type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
