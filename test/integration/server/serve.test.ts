import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiContext } from '../../../src/core/api/context.ts';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { serve } from '../../../src/server/serve.ts';
import { startServer } from '../../../src/server/start-server.ts';
import { screensFolder } from '../../support/screens.ts';
import { shortPlan } from '../../support/short-plan.ts';

let folder: string;
let core: Core;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'serve-'));
  core = createCore({ dataDirectory: folder });
});
afterEach(async () => {
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

const quiet = { port: 0, staticFolder: screensFolder, log: () => undefined };

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });
}

describe('the web host', () => {
  it('listens on the loopback address alone and frees the port', async () => {
    const server = await startServer({ ...quiet, context: createApiContext(core) });
    const port = Number(new URL(server.url).port);
    expect(await canConnect('127.0.0.1', port)).toBe(true);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of others) expect(await canConnect(address, port)).toBe(false);
    await server.close();
    expect(await canConnect('127.0.0.1', port)).toBe(false);
  });

  it('says in one sentence that a port is in use, or that the screens are missing', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const context = createApiContext(core);
    await expect(startServer({ ...quiet, context, port })).rejects.toMatchObject({
      code: 'USAGE',
      message: `The port ${port} is in use.`,
    });
    await expect(startServer({ ...quiet, context, staticFolder: folder })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    taken.close();
  });

  it('stores the running measurement as cancelled when it is told to stop', async () => {
    const stop = new AbortController();
    const listening = Promise.withResolvers<string>();
    const lockPath = path.join(folder, 'lock');
    const onListening = ({ url }: { url: string }): void => listening.resolve(url);
    const served = serve({ ...quiet, core, lockPath, signal: stop.signal, onListening });
    const url = await listening.promise;
    const plan = shortPlan({ models: ['digits-cnn'], override: { minDurationS: 60 } });
    const { origin } = new URL(url);
    const signedIn = await fetch(url, { redirect: 'manual' });
    const [cookie = ''] = (signedIn.headers.get('set-cookie') ?? '').split(';');
    const started = await fetch(`${origin}/api/runs/start`, {
      method: 'POST',
      headers: { cookie, origin, 'content-type': 'application/json' },
      body: JSON.stringify({ json: { plan } }),
    });
    expect(started.status).toBe(200);
    const stoppedAt = performance.now();
    stop.abort();
    const cancelled = await served;
    expect(performance.now() - stoppedAt).toBeLessThan(3_000);
    const [run] = core.storage.runs.list().items;
    expect(run?.state).toBe('cancelled');
    expect(cancelled).toMatchObject({ runId: run?.id, phase: 'ended', end: { state: 'cancelled' } });
    expect(run?.cellsByState).toEqual({ cancelled: 1 });
  });
});
