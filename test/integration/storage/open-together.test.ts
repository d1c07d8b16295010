import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openStorage } from '../../../src/core/storage/open.ts';
import { packageRoot } from '../../../src/core/resources.ts';
import { createTemporaryFolder } from '../../unit/storage/sample-run.ts';

test('several processes that create the same database at once all get it', async () => {
  using folder = createTemporaryFolder();
  const file = path.join(folder.path, 'shared.sqlite');
  const code = `
    import { openStorage } from './src/core/storage/open.ts';
    const [file, at] = process.argv.slice(1);
    while (Date.now() < Number(at));
    using storage = openStorage(file);
    storage.machines.put({
      fingerprint: '0'.repeat(64),
      report: { pid: process.pid % 2 },
      seenAt: new Date().toISOString(),
    });`;
  // Late enough that all have loaded, so that they meet at the file itself.
  const at = String(Date.now() + 1_500);
  const start = () =>
    promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', code, file, at], {
      cwd: packageRoot,
    });
  await Promise.all([start(), start(), start()]);
  using storage = openStorage(file);
  expect(storage.runs.list().items).toEqual([]);
});
