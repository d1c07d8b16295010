import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createApiContext } from '../../../src/core/api/context.ts';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { startServer, type RunningServer } from '../../../src/server/start-server.ts';

const page = '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__" /><title>Screens</title>';
const secretText = 'not for the page';

let folder: string;
let core: Core;
let server: RunningServer;
let port: number;
let cookie: string;
const log: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'guards-'));
  const screens = path.join(folder, 'screens');
  await mkdir(path.join(screens, 'assets'), { recursive: true });
  await writeFile(path.join(screens, 'index.html'), page);
  await writeFile(path.join(screens, 'assets', 'main-1a2b.js'), 'export {};');
  await writeFile(path.join(screens, '.hidden'), secretText);
  await writeFile(path.join(folder, 'secret.txt'), secretText);
  await symlink(path.join(folder, 'secret.txt'), path.join(screens, 'link.txt'));
  await symlink(folder, path.join(screens, 'out'));
  core = createCore({ dataDirectory: path.join(folder, 'data') });
  const context = createApiContext(core, { lockPath: path.join(folder, 'lock') });
  server = await startServer({ context, port: 0, staticFolder: screens, log: (line) => log.push(line) });
  port = Number(new URL(server.url).port);
  const { headers } = await send({ path: new URL(server.url).pathname + new URL(server.url).search });
  [cookie = ''] = (headers['set-cookie']?.[0] ?? '').split(';');
});
afterAll(async () => {
  await server.close();
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

interface Sent {
  method?: string;
  /** Sent as it is: fetch would tidy it up. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

function send({ method = 'GET', path: target, headers = {}, body }: Sent): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = httpRequest({ host: '127.0.0.1', port, method, path: target, headers, agent: false }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }),
    );
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

/** The headers of the page itself, with changes; null leaves one out. */
function asPage(changes: Record<string, string | null> = {}): Record<string, string> {
  const origin = `http://127.0.0.1:${port}`;
  const headers: Record<string, string | null> = { cookie, origin, accept: 'text/html', ...changes };
  return Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null));
}

function call(headers: Record<string, string>, changes: Partial<Sent> = {}): Promise<Answer> {
  const type = { 'content-type': 'application/json' };
  return send({
    method: 'POST',
    path: '/api/exports/formats',
    headers: { ...type, ...headers },
    body: '{}',
    ...changes,
  });
}

describe('signing in', () => {
  it('trades the token for a cookie that no script reads and no other site sends, and leaves the address', async () => {
    const { status, headers } = await send({ path: new URL(server.url).search.replace('?', '/?') });
    expect(status).toBe(303);
    expect(headers.location).toBe('/');
    const value = headers['set-cookie']?.[0] ?? '';
    expect(value.split('; ').slice(1)).toEqual(['Path=/', 'HttpOnly', 'SameSite=Strict']);
    expect(value).not.toContain(new URL(server.url).searchParams.get('token'));
  });

  it('leads on by a page of its own after a link on another site, where no redirect would carry the cookie', async () => {
    const target = new URL(server.url).search.replace('?', '/?');
    const { status, headers, body } = await send({ path: target, headers: { 'sec-fetch-site': 'cross-site' } });
    expect([status, headers['set-cookie']?.[0]?.split('=')[0]]).toEqual([200, `inferometer-${port}`]);
    expect(body).toContain('content="0; url=/"');
    expect(body).not.toContain(new URL(server.url).searchParams.get('token'));
  });

  it.each([
    ['a wrong token', '/?token=wrong'],
    ['a token of the right length', `/?token=${'A'.repeat(43)}`],
    ['an empty token', '/?token='],
    ['no token', '/'],
    ['a token on another page', '/measure?token=wrong'],
  ])('refuses %s', async (_, target) => {
    const { status, headers, body } = await send({ path: target });
    expect([status, headers['set-cookie']]).toEqual([401, undefined]);
    expect(body).not.toContain('Screens');
  });

  it.each([
    ['none', null],
    ['an empty one', ''],
    ['that of another launch', () => cookie.replace(/=.*/, `=${'A'.repeat(43)}`)],
    ['that of another port', () => cookie.replace(/^inferometer-\d+/, 'inferometer-1')],
    ['the token in its place', () => `inferometer-${port}=${new URL(server.url).searchParams.get('token') ?? ''}`],
  ])('refuses files, calls and sockets with a cookie that is %s', async (_, given) => {
    const headers = asPage({ cookie: typeof given === 'function' ? given() : given });
    expect((await send({ path: '/', headers })).status).toBe(401);
    expect((await call(headers)).status).toBe(401);
    expect(await upgrade(headers)).toBe(401);
  });

  it('logs what was refused without any secret', () => {
    expect(log.join('\n')).toContain('401');
    expect(log.join('\n')).not.toContain(new URL(server.url).searchParams.get('token'));
    expect(log.join('\n')).not.toContain(cookie.split('=')[1]);
  });
});

describe('who is asked for, and who asks', () => {
  it.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '0.0.0.0',
    '192.168.0.1',
    '127.0.0.1:1:2',
  ])('refuses the Host "%s"', async (host) => {
    const headers = asPage({ host, origin: `http://${host}` });
    expect((await send({ path: '/', headers: asPage({ host, origin: null }) })).status).toBe(421);
    expect((await send({ path: new URL(server.url).search.replace('?', '/?'), headers: { host } })).status).toBe(421);
    expect((await call(headers)).status).toBe(421);
    expect(await upgrade(headers)).toBe(421);
  });

  it.each(['127.0.0.1:1234', 'localhost', 'LOCALHOST:80', '[::1]:9000'])(
    'takes the loopback under the name "%s", as a forwarded port has it',
    async (host) => {
      const headers = asPage({ host, origin: `http://${host}` });
      expect((await send({ path: '/', headers })).status).toBe(200);
      expect((await call(headers)).status).toBe(200);
      expect(await upgrade(headers)).toBe(101);
    },
  );

  it.each([
    ['another site', 'http://evil.example'],
    ['another port of this machine', 'http://127.0.0.1:1'],
    ['another name of this machine', () => `http://localhost:${port}`],
    ['another scheme', () => `https://127.0.0.1:${port}`],
    ['a page without an origin', 'null'],
    ['a name that begins alike', () => `http://127.0.0.1:${port}.evil.example`],
  ])('refuses the Origin of %s', async (_, given) => {
    const headers = asPage({ origin: typeof given === 'function' ? given() : given });
    expect((await send({ path: '/', headers })).status).toBe(403);
    expect((await call(headers)).status).toBe(403);
    expect(await upgrade(headers)).toBe(403);
  });

  it('refuses calls and sockets that name no origin', async () => {
    const headers = asPage({ origin: null });
    expect((await call(headers)).status).toBe(403);
    expect(await upgrade(headers)).toBe(403);
  });
});

/** Status that the upgrade ended with; 101 when a socket was opened. */
function upgrade(headers: Record<string, string>, target = '/socket'): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const socket = new WebSocket(`ws://127.0.0.1:${port}${target}`, { headers });
  socket.once('open', () => {
    socket.terminate();
    resolve(101);
  });
  socket.once('unexpected-response', (_, { statusCode }) => {
    socket.terminate();
    resolve(statusCode ?? 0);
  });
  socket.on('error', reject);
  return promise;
}

describe('the API', () => {
  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])('does not take %s, which a link could send', async (method) => {
    const { status, headers } = await call(asPage(), { method, body: '' });
    expect(status).toBe(405);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('knows only the operations of the contract', async () => {
    for (const target of ['/api', '/api/', '/api/exports', '/api/constructor', '/api/__proto__/toString']) {
      expect((await call(asPage(), { path: target })).status).toBe(404);
    }
    expect(await upgrade(asPage(), '/other')).toBe(404);
  });

  it('refuses a request that is too large and one that is no JSON', async () => {
    const large = JSON.stringify({ json: { name: 'x'.repeat(2 * 1024 * 1024) } });
    expect((await call(asPage(), { path: '/api/models/remove', body: large })).status).toBe(413);
    expect((await call(asPage(), { path: '/api/models/remove', body: '{' })).status).toBe(400);
  });
});

describe('files', () => {
  it('are the screens, with the nonce of the page that is sent', async () => {
    const { status, headers, body } = await send({ path: '/', headers: asPage() });
    const policy = String(headers['content-security-policy']);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    expect(status).toBe(200);
    expect(nonce.length).toBeGreaterThan(20);
    expect(body).toBe(page.replace('__CSP_NONCE__', nonce));
    const again = await send({ path: '/', headers: asPage() });
    expect(again.body).not.toBe(body);
  });

  it('of the build are kept by the browser, the page is not', async () => {
    const script = await send({ path: '/assets/main-1a2b.js', headers: asPage() });
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': expect.stringContaining('immutable') as string,
    });
    const start = await send({ path: '/', headers: asPage() });
    expect(start.headers['cache-control']).toBe('no-store');
  });

  it('that do not exist are the page for addresses of the application, and missing otherwise', async () => {
    expect((await send({ path: '/measure/results?model=a', headers: asPage() })).body).toContain('Screens');
    const result = '/measure/results/run_0mwtryj1v0jw39ji.0';
    expect((await send({ path: result, headers: asPage() })).body).toContain('Screens');
    expect((await send({ path: '/measure/results', headers: asPage({ accept: '*/*' }) })).status).toBe(404);
    expect((await send({ path: '/assets/gone.js', headers: asPage() })).status).toBe(404);
    expect((await send({ path: '/', method: 'POST', headers: asPage() })).status).toBe(405);
  });

  it.each([
    ['/../secret.txt', 400],
    ['/assets/../../secret.txt', 400],
    ['/%2e%2e/secret.txt', 400],
    ['/%2e%2e%2fsecret.txt', 400],
    ['/..%2fsecret.txt', 400],
    ['/..%5csecret.txt', 400],
    ['/..\\secret.txt', 400],
    ['/assets\\main-1a2b.js', 400],
    ['/%252e%252e/secret.txt', 404],
    ['//etc/passwd.txt', 400],
    ['/assets//main-1a2b.js', 400],
    ['/index.html%00.js', 400],
    ['/%00', 400],
    ['/%', 400],
    ['/%ff.js', 400],
    ['/.hidden', 400],
    ['/C:/secret.txt', 400],
    ['/index.html::$DATA', 400],
    ['/link.txt', 404],
    ['/out/secret.txt', 404],
    ['http://127.0.0.1/secret.txt', 400],
    ['/assets', 404],
  ])('outside the folder are not reached by %s', async (target, expected) => {
    const { status, body } = await send({ path: target, headers: asPage({ accept: '*/*' }) });
    expect(body).not.toContain(secretText);
    expect(status).toBe(expected);
  });

  it('and refusals carry the headers that keep other pages out', async () => {
    for (const answer of [
      await send({ path: '/', headers: asPage() }),
      await send({ path: '/' }),
      await call(asPage()),
    ]) {
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      const policy = String(answer.headers['content-security-policy']).split('; ');
      expect(policy).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
        ]),
      );
      expect(policy.join(' ')).not.toMatch(/unsafe|\*|https?:/);
    }
  });
});
