import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createTemporaryFolder } from '../../../src/core/compare/temporary-folder.ts';

it('removes what a process that is gone has left, and nothing else', async () => {
  const parent = await mkdtemp(path.join(tmpdir(), 'temporary-'));
  // No process has this number: it is beyond the largest that Linux gives.
  await mkdir(path.join(parent, 'outputs-99999999-abcdef'));
  await writeFile(path.join(parent, 'outputs-99999999-abcdef', 'outputs.bin'), 'left');
  await mkdir(path.join(parent, `outputs-${process.pid}-abcdef`));
  await mkdir(path.join(parent, 'outputs-of-mine'));
  {
    await using folder = await createTemporaryFolder(parent, 'outputs');
    const own = path.basename(folder.path);
    expect((await readdir(parent)).toSorted()).toEqual(
      [`outputs-${process.pid}-abcdef`, own, 'outputs-of-mine'].toSorted(),
    );
  }
  expect((await readdir(parent)).toSorted()).toEqual([`outputs-${process.pid}-abcdef`, 'outputs-of-mine'].toSorted());
  await rm(parent, { recursive: true });
});
