import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { resolveDataDirectory } from '../../../src/core/storage/data-directory.ts';
import { createTemporaryFolder } from './sample-run.ts';

test('the flag wins over the environment, and both over the default', () => {
  using folder = createTemporaryFolder();
  const flag = path.join(folder.path, 'flag');
  const env = { INFEROMETER_DATA_DIR: path.join(folder.path, 'env') };
  expect(resolveDataDirectory({ flag, env }).root).toBe(flag);
  expect(resolveDataDirectory({ env }).root).toBe(env.INFEROMETER_DATA_DIR);
  expect(resolveDataDirectory({ flag: '', env }).root).toBe(env.INFEROMETER_DATA_DIR);
});

test.runIf(process.platform !== 'win32')(
  'new folders are closed to other users; one that was there keeps its mode',
  () => {
    using folder = createTemporaryFolder();
    const shared = path.join(folder.path, 'shared');
    mkdirSync(shared, { mode: 0o755 });
    const directory = resolveDataDirectory({ flag: shared, env: {} });
    const modeOf = (file: string): number => statSync(file).mode & 0o777;
    expect(modeOf(shared)).toBe(0o755);
    expect([directory.models, directory.exports, directory.temporary].map(modeOf)).toEqual([0o700, 0o700, 0o700]);
  },
);

test('a path below a file is refused with a remedy', () => {
  using folder = createTemporaryFolder();
  const file = path.join(folder.path, 'file');
  writeFileSync(file, '');
  expect(() => resolveDataDirectory({ flag: path.join(file, 'data'), env: {} })).toThrow(
    expect.objectContaining({ code: 'STORAGE_UNUSABLE' }),
  );
});
