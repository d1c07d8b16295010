import { openDatabase } from '../../src/core/storage/database.ts';
import { createStorage, type Storage } from '../../src/core/storage/open.ts';

/** Storage whose database answers as one on a full or read-only disk does, from a moment that a test chooses. */
export interface LimitedDatabase {
  storage: Storage;
  forbidWriting(): void;
  /** SQLite's own limit: no page more than there are. */
  forbidGrowth(): void;
  lift(): void;
}

export function limitDatabase(file: string): LimitedDatabase {
  const database = openDatabase(file);
  const { sqlite } = database;
  return {
    storage: createStorage(database),
    forbidWriting: () => void sqlite.pragma('query_only = 1'),
    forbidGrowth: () => void sqlite.pragma('max_page_count = 1'),
    lift() {
      sqlite.pragma('query_only = 0');
      sqlite.pragma('max_page_count = 1000000');
    },
  };
}
