import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openScreenFiles } from '../../../src/core/screens/screen-files.ts';
import { createScreensHandler, type AskedFor } from '../../../src/main/screens-protocol.ts';

const startPage = '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__" /><title>Screens</title>';
const secretText = 'not for the page';

let folder: string;
let answer: (request: AskedFor) => Promise<Response>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'app-protocol-'));
  const screens = path.join(folder, 'screens');
  await mkdir(path.join(screens, 'assets'), { recursive: true });
  await mkdir(path.join(folder, 'screens-too'));
  await writeFile(path.join(screens, 'index.html'), startPage);
  await writeFile(path.join(screens, 'favicon.svg'), '<svg/>');
  await writeFile(path.join(screens, 'assets', 'main-1a2b.js'), 'export {};');
  await writeFile(path.join(screens, 'assets', 'two words.css'), 'a{}');
  await writeFile(path.join(screens, '.hidden'), secretText);
  await writeFile(path.join(folder, 'secret.txt'), secretText);
  await writeFile(path.join(folder, 'screens-too', 'secret.txt'), secretText);
  await symlink(path.join(folder, 'secret.txt'), path.join(screens, 'link.txt'));
  await symlink(folder, path.join(screens, 'out'));
  answer = createScreensHandler(await openScreenFiles(screens));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ask = (address: string, method = 'GET'): Promise<Response> => answer({ url: address, method });

function policyNonce(response: Response): string | undefined {
  return /'nonce-([^']+)'/.exec(response.headers.get('content-security-policy') ?? '')?.[1];
}

describe('what the window may load', () => {
  it.each([
    ['app://inferometer/assets/main-1a2b.js', 'text/javascript; charset=utf-8', 'export {};'],
    ['app://inferometer/assets/main-1a2b.js?v=1#x', 'text/javascript; charset=utf-8', 'export {};'],
    ['app://inferometer/assets/two%20words.css', 'text/css; charset=utf-8', 'a{}'],
    ['app://inferometer/favicon.svg', 'image/svg+xml', '<svg/>'],
  ])('%s is a file of the screens', async (address, mediaType, text) => {
    const response = await ask(address);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, mediaType]);
    expect(await response.text()).toBe(text);
  });

  it('keeps files of the build that are named after their content, and nothing else', async () => {
    const kept = await ask('app://inferometer/assets/main-1a2b.js');
    expect(kept.headers.get('cache-control')).toContain('immutable');
    for (const address of ['app://inferometer/', 'app://inferometer/favicon.svg']) {
      expect((await ask(address)).headers.get('cache-control')).toBe('no-store');
    }
  });

  it.each(['/', '/index.html', '/measure/runs/run_0?kind=cpu', '/settings#theme', '/machines/'])(
    '%s is the page of the application with a nonce of its own',
    async (address) => {
      const first = await ask(`app://inferometer${address}`);
      const nonce = policyNonce(first);
      expect([first.status, first.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/);
      expect(await first.text()).toContain(`nonce="${nonce}"`);
      expect(policyNonce(await ask(`app://inferometer${address}`))).not.toBe(nonce);
    },
  );

  it('comes without a body for HEAD, and is never written to', async () => {
    const head = await ask('app://inferometer/', 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const method of ['POST', 'PUT', 'DELETE']) {
      expect((await ask('app://inferometer/', method)).status).toBe(405);
    }
  });
});

describe('what the window may not load', () => {
  it.each([
    ['/../secret.txt', 400],
    ['/assets/../../secret.txt', 400],
    ['/%2e%2e/secret.txt', 400],
    ['/%2E%2E%2Fsecret.txt', 400],
    ['/..%2fsecret.txt', 400],
    ['/..%5csecret.txt', 400],
    ['/..\\secret.txt', 400],
    ['/%252e%252e/secret.txt', 404],
    ['/./secret.txt', 400],
    ['//secret.txt', 400],
    ['/../screens-too/secret.txt', 400],
    ['/.hidden', 400],
    ['/assets/.hidden', 400],
    ['/C:/Windows/win.ini', 400],
    ['/index.html::$DATA', 400],
    ['/secret.txt%00.js', 400],
    ['/%', 400],
    ['/%ff', 400],
    ['/link.txt', 404],
    ['/out/secret.txt', 404],
    ['/missing.js', 404],
    ['/assets/missing.css', 404],
  ])('%s: %i', async (address, status) => {
    const response = await ask(`app://inferometer${address}`);
    const text = await response.text();
    expect(response.status).toBe(status);
    expect(text).not.toContain(secretText);
    expect(text).not.toContain(folder);
    expect(policyNonce(response)).toBeDefined();
  });

  it.each([
    'app://elsewhere/index.html',
    'app://inferometer.evil.example/index.html',
    'app://inferometer@evil.example/',
    'file:///etc/passwd',
    'https://inferometer/',
  ])('%s is not part of it', async (address) => {
    expect((await ask(address)).status).toBe(404);
  });

  it('does not start without the screens, and says what to do', async () => {
    await expect(openScreenFiles(path.join(folder, 'missing'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      remedy: expect.stringContaining('build') as string,
    });
  });
});
