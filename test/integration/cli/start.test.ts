import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../../src/core/resources.ts';
import { signIn } from '../../support/signed-in-page.ts';
import { waitForText } from './command-line.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'start-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('npm start without a display serves the screens, says why in one sentence and takes the arguments', async () => {
  const data = path.join(folder, 'data');
  const child = spawn(process.execPath, [path.join('scripts', 'start.ts'), '--data-dir', data], {
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
