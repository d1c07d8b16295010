import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DetectData, RunData } from '../../../src/cli/output/documents.ts';
import { acquireLock } from '../../../src/core/measure/lock.ts';
import { createCommandLine, entry, hasty, tinyModel, waitForText, type CommandLine } from './command-line.ts';

let line: CommandLine;
beforeAll(() => {
  line = createCommandLine();
});
afterAll(() => {
  line[Symbol.dispose]();
});

const endless = '{"minDurationS":600}';

async function newestRun(): Promise<{ id: string; state: string }> {
  const { document } = await line.runJson('results', '--limit', '1');
  const [newest] = (document.data as { runs: { id: string; state: string }[] }).runs;
  if (newest === undefined) throw new Error('No run is stored');
  return newest;
}

/** Pids of the child processes, as Linux tells them. */
function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

describe('Ctrl+C', () => {
  it('ends within a second with 130 and keeps the run as cancelled, which can be resumed', async () => {
    const { child, ended } = line.start('run', tinyModel, '--override', endless);
    await waitForText(child, /preparing/);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const stoppedAt = performance.now();
    // As a terminal does it: every process of the group, the engine too, gets the signal.
    if (process.platform === 'win32') child.kill('SIGINT');
    else process.kill(-(child.pid ?? 0), 'SIGINT');
    const { exitCode, stdout } = await ended;
    expect(performance.now() - stoppedAt).toBeLessThan(1000);
    expect(exitCode).toBe(130);
    expect(stdout).toContain('CANCELLED');
    const { id, state } = await newestRun();
    expect(state).toBe('cancelled');
    const resumed = line.start('run', '--resume', id);
    await waitForText(resumed.child, /preparing/);
    resumed.child.kill('SIGINT');
    expect((await resumed.ended).exitCode).toBe(130);
  });

  it('twice ends at once, and the next command finds the run interrupted', async () => {
    const { child, ended } = line.start('run', tinyModel, '--override', endless);
    await waitForText(child, /preparing/);
    child.kill('SIGINT');
    await waitForText(child, /Stopping/);
    child.kill('SIGINT');
    expect((await ended).exitCode).toBe(130);
    expect(['interrupted', 'cancelled']).toContain((await newestRun()).state);
  });
});

it.skipIf(process.platform !== 'linux')('an engine that is killed ends the run with 4', async () => {
  const { child, ended } = line.start('run', tinyModel, '--override', endless, '--json');
  await waitForText(child, /preparing/);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  let engines: number[] = [];
  while (engines.length === 0) {
    engines = childrenOf(child.pid ?? 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (const pid of engines) process.kill(pid, 'SIGKILL');
  const { exitCode, stdout } = await ended;
  expect(exitCode).toBe(4);
  const { data } = JSON.parse(stdout) as { data: RunData };
  expect(data.cells[0]?.outcome).toMatchObject({ state: 'crashed', exit: { signal: 'SIGKILL' } });
});

it('a second measurement is refused while one runs', async () => {
  const { child, ended } = line.start('run', tinyModel, '--override', endless);
  await waitForText(child, /preparing/);
  const refused = await line.runJson('run', tinyModel, '--override', hasty);
  expect([refused.exitCode, refused.document.error?.code]).toEqual([2, 'MACHINE_BUSY']);
  child.kill('SIGINT');
  await ended;
});

describe('while another measurement holds the machine', () => {
  const lockPath = (): string => path.join(line.folder, 'measuring.lock');

  it('bench is refused before it probes or builds anything', async () => {
    using _lock = await acquireLock({ wait: false, lockPath: lockPath() });
    const refused = await line.runJson('bench', '--override', hasty);
    expect([refused.exitCode, refused.document.error?.code]).toEqual([2, 'MACHINE_BUSY']);
    expect(readdirSync(path.join(line.folder, 'data', 'models'))).toEqual([]);
  });

  it('bench waits for its turn when told to, at no cost of its time', async () => {
    const lock = await acquireLock({ wait: false, lockPath: lockPath() });
    const { child, ended } = line.start('bench', '--wait', '--budget', '1', '--override', hasty, '--json');
    await waitForText(child, new RegExp(`process ${process.pid} to end`));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    lock[Symbol.dispose]();
    await waitForText(child, /At most about/);
    child.kill('SIGINT');
    expect((await ended).exitCode).toBe(130);
  });

  it('detect and doctor try no provider and say why', async () => {
    using _lock = await acquireLock({ wait: false, lockPath: lockPath() });
    const reason = `not tried: a measurement is running (process ${process.pid})`;
    const { document } = await line.runJson('detect');
    const { providers } = document.data as DetectData;
    expect(providers.map(({ status }) => status)).toEqual(
      Array.from({ length: 6 }, () => expect.objectContaining({ cause: 'not-tried', reason }) as object),
    );
    const told = await line.run('doctor');
    expect(told.exitCode).toBe(0);
    expect(told.stdout).toMatch(/cpu .*… unknown +not tried: a measurement is\s+running/);
    expect(told.stdout).toMatch(/✓ READY WITH REMARKS/);
  });
});

it.skipIf(process.platform === 'win32')('a reader that goes away ends a command quietly', async () => {
  const script = `"${process.execPath}" "${entry}" detect | head -n 1; echo "status \${PIPESTATUS[0]}"`;
  const child = spawn('bash', ['-c', script], {
    env: {
      ...process.env,
      INFEROMETER_DATA_DIR: `${line.folder}/data`,
      INFEROMETER_LOCK: `${line.folder}/measuring.lock`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += String(text)));
  child.stderr.on('data', (text) => (stderr += String(text)));
  await new Promise((resolve) => child.once('close', resolve));
  expect(stdout).toMatch(/^This machine.*\nstatus 0\n$/);
  expect(stderr).not.toMatch(/EPIPE|Error/);
});
