import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCore } from '../../../src/core/create-core.ts';
import { acquireLock, readLock } from '../../../src/core/measure/lock.ts';
import { runPlan } from '../../../src/core/measure/run-plan.ts';
import { shortPlan } from '../../support/short-plan.ts';

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

it('leaves the lock to a caller who holds it for several runs', async () => {
  using lock = await acquireLock({ wait: false, lockPath });
  using core = createCore({ dataDirectory: path.join(folder, 'data') });
  const runId = await runPlan(shortPlan({ models: ['mlp-tabular'] }), core, { lock, lockPath });
  expect(core.storage.runs.get(runId).state).toBe('completed');
  expect(readLock(lockPath)?.pid).toBe(process.pid);
});

const lockModule = new URL('../../../src/core/measure/lock.ts', import.meta.url).href;

/** Runs a module in a process of its own, with the lock's place as the environment says. */
async function evaluate(source: string, environment: Record<string, string | undefined>): Promise<string> {
  const options = { env: { ...process.env, ...environment } };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', source], options);
  return stdout.trim();
}

it('is the same for everybody, whatever folder for temporary files they have', async () => {
  const source = `console.log((await import('${lockModule}')).machineLockPath());`;
  const places = await Promise.all([
    evaluate(source, { TMPDIR: folder, TEMP: folder, INFEROMETER_LOCK: undefined }),
    evaluate(source, { TMPDIR: path.dirname(folder), TEMP: path.dirname(folder), INFEROMETER_LOCK: undefined }),
  ]);
  expect(path.isAbsolute(places[0])).toBe(true);
  expect(places[0]).toBe(places[1]);
  expect(await evaluate(source, { INFEROMETER_LOCK: lockPath })).toBe(lockPath);
});

it.skipIf(process.platform === 'win32')('can be read by others, whatever the umask', async () => {
  const source = `
    process.umask(0o077);
    const { acquireLock } = await import('${lockModule}');
    const lock = await acquireLock({ wait: false });
    const { statSync } = await import('node:fs');
    console.log(statSync(process.env.INFEROMETER_LOCK).mode & 0o777);`;
  expect(await evaluate(source, { INFEROMETER_LOCK: lockPath })).toBe(String(0o644));
});

it('writes through no name that others can foresee', async () => {
  const victim = path.join(folder, 'victim');
  await writeFile(victim, 'precious');
  await symlink(victim, `${lockPath}.${process.pid}`);
  using _lock = await acquireLock({ wait: false, lockPath });
  expect(await readFile(victim, 'utf8')).toBe('precious');
});
