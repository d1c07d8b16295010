import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ServeData } from '../../../src/cli/output/documents.ts';
import { buildScreens } from '../../support/built-screens.ts';
import { shortPlan } from '../../support/short-plan.ts';
import { signIn } from '../../support/signed-in-page.ts';
import { createCommandLine, waitForText, type CommandLine } from './command-line.ts';

let line: CommandLine;
beforeAll(async () => {
  await buildScreens();
  line = createCommandLine();
});
afterAll(() => {
  line[Symbol.dispose]();
});

const longPlan = shortPlan({ models: ['digits-cnn'], override: { minDurationS: 600 } });

async function waitForAddress(child: ChildProcess): Promise<string> {
  const said = await waitForText(child, /^ +stop /m, 'stdout');
  return /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(said)?.[0] ?? '';
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** As a terminal does it: every process of the group, the engine too, gets the signal. */
function interrupt(child: ChildProcess): void {
  if (process.platform === 'win32') child.kill('SIGINT');
  else process.kill(-(child.pid ?? 0), 'SIGINT');
}

async function stateOfNewestRun(): Promise<string | undefined> {
  const { document } = await line.runJson('results', '--limit', '1');
  return (document.data as { runs: { state: string }[] }).runs[0]?.state;
}

describe('serve', () => {
  it('prints its address, how to reach it over SSH and how to stop, and ends with 0 when nothing is measured', async () => {
    const { child, ended } = line.start('serve');
    const url = await waitForAddress(child);
    const port = Number(new URL(url).port);
    const page = await signIn(url);
    const response = await fetch(page.origin, { headers: { cookie: page.cookie } });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('<!doctype html>')]);
    interrupt(child);
    const { exitCode, stdout } = await ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`ssh -L ${port}:127.0.0.1:${port}`);
    expect(stdout).toMatch(/stop +Ctrl\+C/);
    expect(await isListening(port)).toBe(false);
  });

  it('writes one document as soon as it can be reached', async () => {
    const { child, ended } = line.start('serve', '--json');
    const { data } = JSON.parse(await waitForText(child, /\n/, 'stdout')) as { data: ServeData };
    expect(data).toMatchObject({ port: Number(new URL(data.url).port), dataDirectory: path.join(line.folder, 'data') });
    expect((await signIn(data.url)).cookie).not.toBe('');
    child.kill('SIGTERM');
    const { exitCode, stdout } = await ended;
    expect([exitCode, stdout.trim().split('\n').length]).toEqual([0, 1]);
  });

  it('stores the measurement that runs as cancelled on Ctrl+C, frees the port and says how to go on', async () => {
    const { child, ended } = line.start('serve');
    const url = await waitForAddress(child);
    const page = await signIn(url);
    const started = await page.call('runs/start', { plan: longPlan });
    expect(started.status).toBe(200);
    const { json } = (await started.json()) as { json: { runId: string } };
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const stoppedAt = performance.now();
    interrupt(child);
    const { exitCode, stderr } = await ended;
    expect(performance.now() - stoppedAt).toBeLessThan(5_000);
    expect(exitCode).toBe(130);
    expect(stderr).toContain(`run --resume ${json.runId}`);
    expect(await stateOfNewestRun()).toBe('cancelled');
    expect(await isListening(Number(new URL(url).port))).toBe(false);
  });

  it('ends at once on a second Ctrl+C', async () => {
    const { child, ended } = line.start('serve');
    const page = await signIn(await waitForAddress(child));
    expect((await page.call('runs/start', { plan: longPlan })).status).toBe(200);
    const stopping = waitForText(child, /Stopping/);
    child.kill('SIGINT');
    await stopping;
    child.kill('SIGINT');
    expect((await ended).exitCode).toBe(130);
    expect(['interrupted', 'cancelled']).toContain(await stateOfNewestRun());
  });

  it('refuses a port that is taken, in one document', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { exitCode, document } = await line.runJson('serve', '--port', String(port));
    expect([exitCode, document.error?.code]).toEqual([2, 'USAGE']);
    taken.close();
  });
});

describe.runIf(process.platform === 'linux')('--open', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'opener-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function withOpener(script: string): CommandLine {
    const programs = path.join(folder, 'bin');
    mkdirSync(programs, { recursive: true });
    const opener = path.join(programs, 'xdg-open');
    writeFileSync(opener, `#!/bin/sh\n${script}\n`);
    chmodSync(opener, 0o755);
    return createCommandLine({ PATH: `${programs}:/usr/bin:/bin`, DISPLAY: ':99' });
  }

  it('hands the browser an address that works once, because others can read command lines', async () => {
    const opened = path.join(folder, 'opened');
    using own = withOpener(`printf '%s\\n' "$@" > "${opened}.new"; mv "${opened}.new" "${opened}"`);
    const { child, ended } = own.start('serve', '--open');
    const printed = await waitForAddress(child);
    const words = await vi.waitFor(() => readFileSync(opened, 'utf8').trim().split('\n'), { timeout: 10_000 });
    expect(words).toHaveLength(1);
    const [address = ''] = words;
    expect(address).not.toBe(printed);
    const answers = [await fetch(address, { redirect: 'manual' }), await fetch(address, { redirect: 'manual' })];
    expect(answers.map(({ status }) => status)).toEqual([303, 401]);
    expect((await signIn(printed)).cookie).not.toBe('');
    child.kill('SIGINT');
    expect((await ended).exitCode).toBe(0);
  });

  it.each([
    ['the opener fails', { script: 'exit 3', env: {} }, /No browser was opened: xdg-open ended with 3\./],
    ['there is no opener', { script: null, env: { DISPLAY: ':99', PATH: '/nowhere' } }, /xdg-open cannot be started/],
    ['there is no display', { script: null, env: { DISPLAY: '', WAYLAND_DISPLAY: '' } }, /there is no display here/],
  ])('says when %s, and serves all the same', async (_, { script, env }, expected) => {
    using own = script === null ? createCommandLine(env) : withOpener(script);
    const { child, ended } = own.start('serve', '--open');
    const [url] = await Promise.all([waitForAddress(child), waitForText(child, expected)]);
    expect((await signIn(url)).cookie).not.toBe('');
    child.kill('SIGINT');
    expect((await ended).exitCode).toBe(0);
  });
});
