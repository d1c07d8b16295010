import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acquireLock, readLock } from '../../../src/core/measure/lock.ts';

let folder: string;
let lockPath: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lock-'));
  lockPath = path.join(folder, 'measuring.lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('refuses a second measurement with the pid of the first, and is free again after its release', async () => {
  {
    using _first = await acquireLock({ wait: false, lockPath });
    await expect(acquireLock({ wait: false, lockPath })).rejects.toMatchObject({
      code: 'MACHINE_BUSY',
      data: { pid: process.pid },
    });
  }
  using _second = await acquireLock({ wait: false, lockPath });
  expect(readLock(lockPath)?.pid).toBe(process.pid);
});

it('waits for the first to end when asked to, and says once whom it waits for', async () => {
  const first = await acquireLock({ wait: false, lockPath });
  const owners: number[] = [];
  const second = acquireLock({ wait: true, lockPath, onWaiting: ({ pid }) => owners.push(pid) });
  setTimeout(() => {
    first[Symbol.dispose]();
  }, 700);
  (await second)[Symbol.dispose]();
  expect(owners).toEqual([process.pid]);
});

it('stops waiting when aborted', async () => {
  using _first = await acquireLock({ wait: false, lockPath });
  await expect(acquireLock({ wait: true, lockPath, signal: AbortSignal.timeout(100) })).rejects.toThrow();
});

it('recovers the lock of a process that was killed', async () => {
  const script = path.join(folder, 'holder.ts');
  const source = new URL('../../../src/core/measure/lock.ts', import.meta.url).href;
  await writeFile(
    script,
    `import { acquireLock } from '${source}';
     await acquireLock({ wait: false, lockPath: ${JSON.stringify(lockPath)} });
     process.send('held'); setInterval(() => {}, 1000);`,
  );
  const holder = fork(script, { execArgv: [] });
  await once(holder, 'message');
  expect(readLock(lockPath)?.pid).toBe(holder.pid);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  using _recovered = await acquireLock({ wait: false, lockPath });
  expect(readLock(lockPath)?.pid).toBe(process.pid);
});

it('takes a lock whose pid was given to another process since for stale', async () => {
  await writeFile(lockPath, JSON.stringify({ pid: process.pid, startTime: '1', since: '2026-01-01T00:00:00Z' }));
  if (process.platform === 'linux') {
    using _lock = await acquireLock({ wait: false, lockPath });
    expect(readLock(lockPath)?.startTime).not.toBe('1');
  } else {
    await expect(acquireLock({ wait: false, lockPath })).rejects.toMatchObject({ code: 'MACHINE_BUSY' });
  }
});

it('lets exactly one of many contenders for a stale lock win', async () => {
  await writeFile(lockPath, 'left by a crash in the middle of writing');
  const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => acquireLock({ wait: false, lockPath })));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect((await readdir(folder)).toSorted()).toEqual(['measuring.lock']);
});
