import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApiContext } from '../../../src/core/api/context.ts';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import type { EngineProcess, SpawnEngine } from '../../../src/core/engine-client/engine-process.ts';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import { engineEntryPath } from '../../../src/core/resources.ts';
import { startServer, type RunningServer } from '../../../src/server/start-server.ts';
import type { SessionMessage } from '../../../src/shared/domain/run-session.ts';
import { screensFolder } from '../../support/screens.ts';
import { shortPlan } from '../../support/short-plan.ts';
import { openSocket, signIn, type SignedInPage } from '../../support/signed-in-page.ts';

let folder: string;
let core: Core;
let server: RunningServer;
let page: SignedInPage;
let engines: EngineProcess[];
const log: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'live-run-'));
  engines = [];
  const start = createNodeSpawner(engineEntryPath());
  const spawn: SpawnEngine = (options) => {
    const engine = start(options);
    engines.push(engine);
    return engine;
  };
  core = createCore({ dataDirectory: folder, spawn });
  const context = createApiContext(core, { lockPath: path.join(folder, 'lock') });
  server = await startServer({ context, port: 0, staticFolder: screensFolder, log: (line) => log.push(line) });
  page = await signIn(server.url);
});
afterEach(async () => {
  await server.close();
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

const isMeasured = (message: SessionMessage): boolean =>
  message.type === 'progress' && message.progress.stage === 'measured' && message.progress.queries > 0;

describe('a page that follows a measurement', () => {
  it('learns that the engine crashed, and sees the next configuration measured', async () => {
    const { client, socket } = await openSocket(page);
    const plan = shortPlan({ models: ['digits-cnn'], batches: [1, 2], override: { minDurationS: 2 } });
    const stream = await client.runs.progress();
    const { runId } = await client.runs.start({ plan });
    let killed = false;
    let last: SessionMessage | null = null;
    for await (const message of stream) {
      last = message;
      if (!killed && isMeasured(message)) {
        process.kill(engines.at(-1)?.pid ?? 0, 'SIGKILL');
        killed = true;
      }
      if (message.type === 'session' && message.session?.phase === 'ended') break;
    }
    expect(last).toMatchObject({
      session: {
        runId,
        cells: [{ state: 'crashed' }, { state: 'completed' }],
        end: { state: 'completed', failure: null, defect: null },
      },
    });
    const { cells } = await client.runs.get({ runId });
    const exit = process.platform === 'win32' ? {} : { exit: { signal: 'SIGKILL' } };
    expect(cells[0]?.outcome).toMatchObject({ state: 'crashed', ...exit });
    socket.close();
  });

  it('loses its socket when the host ends, and a new host knows it no more', async () => {
    const { client, socket } = await openSocket(page);
    const stream = await client.runs.progress();
    const plan = shortPlan({ models: ['digits-cnn'], override: { minDurationS: 60 } });
    const { runId } = await client.runs.start({ plan });
    for await (const message of stream) if (isMeasured(message)) break;
    const closed = once(socket, 'close');
    await server.close();
    await closed;
    await expect(page.call('runs/get', { runId })).rejects.toThrow();
    expect(core.storage.runs.get(runId).state).toBe('cancelled');
    const { port } = server;
    const context = createApiContext(core, { lockPath: path.join(folder, 'lock') });
    server = await startServer({ context, port, staticFolder: screensFolder, log: (line) => log.push(line) });
    expect((await page.call('runs/get', { runId })).status).toBe(401);
    const again = await signIn(server.url);
    expect((await again.call('runs/get', { runId })).status).toBe(200);
  });
});

describe('a socket on which something else than the contract arrives', () => {
  it.each([
    ['no JSON', 'not json'],
    ['no request', '{"hello":1}'],
    ['bytes', Buffer.from([0, 255, 1, 254])],
  ])('harms nobody: %s', async (_, sent) => {
    const reported = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { socket } = await openSocket(page);
    const other = await openSocket(page);
    socket.send(sent);
    await vi.waitFor(() => expect(reported).toHaveBeenCalledOnce());
    expect(await other.client.exports.formats()).not.toEqual([]);
    socket.terminate();
    other.socket.close();
  });

  it('closes it when a message is larger than any request', async () => {
    const { socket } = await openSocket(page);
    const closed = once(socket, 'close') as Promise<[number]>;
    socket.send('x'.repeat(2 * 1024 * 1024));
    const [code] = await closed;
    expect([1006, 1009]).toContain(code);
    expect((await page.call('exports/formats', undefined)).status).toBe(200);
  });
});
