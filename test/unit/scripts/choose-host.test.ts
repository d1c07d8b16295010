import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseHost, type Surroundings } from '../../../scripts/start/choose-host.ts';

let folder: string;
let complete: string;
let bare: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'choose-host-'));
  complete = path.join(folder, 'complete');
  bare = path.join(folder, 'bare');
  mkdirSync(path.join(complete, 'dist'), { recursive: true });
  mkdirSync(bare);
  writeFileSync(path.join(complete, 'path.txt'), 'electron');
  writeFileSync(path.join(complete, 'dist', 'electron'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function choose(changes: Partial<Surroundings>) {
  const environment = { DISPLAY: ':0' };
  return chooseHost({ platform: 'linux', environment, userId: 1000, electronFolder: complete, args: [], ...changes });
}

describe('the host that npm start chooses', () => {
  it('is the desktop where the program and a display are there', () => {
    const desktop = { kind: 'desktop', electron: path.join(complete, 'dist', 'electron') };
    expect(choose({})).toEqual(desktop);
    expect(choose({ environment: { WAYLAND_DISPLAY: 'wayland-0' } })).toEqual(desktop);
    expect(choose({ platform: 'darwin', environment: {} })).toEqual(desktop);
    expect(choose({ args: ['--data-dir', 'x'] })).toEqual(desktop);
    expect(choose({ userId: 0, args: ['--no-sandbox'] })).toEqual(desktop);
  });

  it('is the desktop where the program lies elsewhere', () => {
    const environment = { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: path.join(complete, 'dist') };
    expect(choose({ electronFolder: bare, environment })).toMatchObject({ kind: 'desktop' });
    const wrong = { ...environment, ELECTRON_OVERRIDE_DIST_PATH: bare };
    expect(choose({ environment: wrong })).toMatchObject({ kind: 'web' });
  });

  it.each([
    ['the program was not downloaded', () => ({ electronFolder: bare }), /Electron's program is not installed/],
    ['the package is missing', () => ({ electronFolder: path.join(folder, 'none') }), /is not installed/],
    ['there is no display', () => ({ environment: {} }), /no display/],
    ['a display is named by nothing', () => ({ environment: { DISPLAY: '' } }), /no display/],
    ['it runs as root', () => ({ userId: 0 }), /root/],
    ['a port is asked for', () => ({ args: ['--port', '8123'] }), /^--port is for the web host/],
    ['a port is asked for in one word', () => ({ args: ['--port=8123'] }), /^--port is/],
    ['a browser is asked for', () => ({ args: ['--open'] }), /^--open is/],
  ])('is the web host, with one sentence, when %s', (_, changes, reason) => {
    const host = choose(changes());
    expect(host).toMatchObject({ kind: 'web', reason: expect.stringMatching(reason) as string });
    expect(host.kind === 'web' ? host.reason.match(/\.( |$)/g) : null).toHaveLength(1);
  });
});
