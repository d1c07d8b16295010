import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../../src/core/resources.ts';
import { signIn } from '../../support/signed-in-page.ts';
import { waitForText } from './command-line.ts';

const script = path.join('scripts', 'start.ts');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'start-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('npm start without a display serves the screens, says why in one sentence and takes the arguments', async () => {
  const data = path.join(folder, 'data');
  const child = spawn(process.execPath, [script, '--data-dir', data], {
    cwd: packageRoot,
    env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', ELECTRON_OVERRIDE_DIST_PATH: folder, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const told = waitForText(child, /so the screens are served to a browser\.\n/);
  const said = await waitForText(child, /^ +stop /m, 'stdout');
  expect(await told).toMatch(/^(Building the screens \.\.\.\n)?[^\n]+, so the screens are served to a browser\.\n$/);
  expect(said).toContain(data);
  const page = await signIn(/http:\S+token=\S+/.exec(said)?.[0] ?? '');
  const answer = await fetch(page.origin, { headers: { cookie: page.cookie } });
  expect(await answer.text()).toContain('<script');
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

it.skipIf(process.platform === 'win32')(
  'npm start with a display runs the program of Electron on the built application, and ends as it does',
  async () => {
    const program = `#!/bin/sh\nprintf '%s\\n' "$@" "\${ELECTRON_RUN_AS_NODE-unset}"\nexit 7\n`;
    writeFileSync(path.join(folder, 'electron'), program, { mode: 0o755 });
    // Tests may run as root, for whom Electron has no sandbox.
    const child = spawn(process.execPath, [script, '--no-sandbox', '--data-dir', 'some where'], {
      cwd: packageRoot,
      env: { ...process.env, DISPLAY: ':99', ELECTRON_OVERRIDE_DIST_PATH: folder, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const said = (await child.stdout.setEncoding('utf8').toArray()).join('');
    expect(said.trim().split('\n')).toEqual([packageRoot, '--no-sandbox', '--data-dir=some where', 'unset']);
    expect(await ended).toBe(7);
    expect(existsSync(path.join(packageRoot, 'dist', 'main', 'index.js'))).toBe(true);
    expect(existsSync(path.join(packageRoot, 'dist', 'engine.js'))).toBe(true);
  },
);
