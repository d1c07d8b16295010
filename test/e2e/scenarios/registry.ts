import { resolveDataDirectory } from '../../../src/core/storage/data-directory.ts';
import { openStorage } from '../../../src/core/storage/open.ts';
import { storeFinishedRuns } from './finished-runs.ts';
import { storeLoadRuns } from './load-runs.ts';
import { storeMatrixRuns } from './matrix-runs.ts';
import { storeComparisons } from './store-comparisons.ts';
import { storeManyRuns } from './many-runs.ts';

/** What a data directory holds when a test begins. */
export const scenarios = {
  /** A first start. */
  empty: () => Promise.resolve(),
  'finished-runs': async (root) => {
    using storage = openStorage(resolveDataDirectory({ flag: root, env: {} }).database);
    await storeFinishedRuns(storage);
  },
  comparisons: async (root) => {
    using storage = openStorage(resolveDataDirectory({ flag: root, env: {} }).database);
    await storeComparisons(storage);
  },
  /** Servers, idle gaps, text generation, cold starts and instances. */
  'load-runs': async (root) => {
    using storage = openStorage(resolveDataDirectory({ flag: root, env: {} }).database);
    await storeLoadRuns(storage);
  },
  'matrix-runs': async (root) => {
    using storage = openStorage(resolveDataDirectory({ flag: root, env: {} }).database);
    await storeMatrixRuns(storage);
  },
  'many-runs': (root) => {
    storeManyRuns(resolveDataDirectory({ flag: root, env: {} }).database, 10_000);
    return Promise.resolve();
  },
} satisfies Record<string, (root: string) => Promise<void>>;

export type ScenarioId = keyof typeof scenarios;
