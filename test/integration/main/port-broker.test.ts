import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { WebFrameMain } from 'electron';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiContext, type ApiContext } from '../../../src/core/api/context.ts';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { createPortBroker, type PortBroker } from '../../../src/main/port-broker.ts';
import type { contract } from '../../../src/shared/contract/index.ts';
import { desktopChannels } from '../../../src/shared/desktop.ts';
import { shortPlan } from '../../support/short-plan.ts';
import { createChannel, createFrame, IpcDouble } from '../../unit/main/doubles.ts';

type Client = ContractRouterClient<typeof contract>;

let folder: string;
let core: Core;
let context: ApiContext;
let ipc: IpcDouble;
let broker: PortBroker;
const log: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ports-'));
  core = createCore({ dataDirectory: folder });
  context = createApiContext(core, { lockPath: path.join(folder, 'lock') });
  ipc = new IpcDouble();
  log.length = 0;
  broker = createPortBroker({ ipcMain: ipc.asIpcMain, createChannel, context, log: (line) => log.push(line) });
});
afterEach(async () => {
  await context.sessions.close();
  broker[Symbol.dispose]();
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

/** A page asks for a port, as often as it is loaded. */
function ask(windowId: number, url = 'app://inferometer/', parent: WebFrameMain | null = null): MessagePort | null {
  const { frame, received } = createFrame(url, parent);
  ipc.emit(desktopChannels.port, { sender: { id: windowId }, senderFrame: frame });
  expect(received.every(({ channel }) => channel === desktopChannels.port)).toBe(true);
  return received[0]?.port ?? null;
}

function connect(port: MessagePort | null): Client {
  if (port === null) throw new Error('no port came');
  const client: Client = createORPCClient(new RPCLink({ port }));
  port.start();
  return client;
}

const isClosed = (port: MessagePort | null): Promise<void> =>
  new Promise((resolve) => {
    if (port === null) throw new Error('no port came');
    port.on('close', () => resolve());
  });

describe('the port of a page', () => {
  it('carries the API', async () => {
    const client = connect(ask(1));
    expect((await client.settings.get()).dataDirectory).toBe(folder);
    await client.settings.update({ theme: 'dark' });
    expect(core.storage.settings.get().theme).toBe('dark');
  });

  it('answers bad input with one sentence', async () => {
    const client = connect(ask(1));
    await expect(client.settings.update({ currency: 'dollars' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('currency') as string,
    });
  });

  it('is closed when the page is loaded again, and the new page sees the measurement that runs', async () => {
    const first = ask(1);
    const client = connect(first);
    const closed = isClosed(first);
    const plan = shortPlan({ models: ['digits-cnn'], override: { minDurationS: 60 } });
    const { runId } = await client.runs.start({ plan });

    const next = connect(ask(1));
    await closed;
    const stream = await next.runs.progress();
    const { value } = await stream.next();
    expect(value).toMatchObject({ type: 'session', session: { runId } });
    await next.runs.cancel({ runId });
    expect(core.storage.runs.get(runId).state).toBe('cancelled');
  });

  it('is one of each window', async () => {
    const one = connect(ask(1));
    const other = connect(ask(2));
    expect((await one.settings.get()).dataDirectory).toBe((await other.settings.get()).dataDirectory);
  });

  it('ends with the application', async () => {
    const port = ask(1);
    const closed = isClosed(port);
    connect(port);
    broker[Symbol.dispose]();
    await closed;
    expect(ask(1)).toBeNull();
  });
});

describe('no port comes', () => {
  it.each([
    ['for another page', 'https://evil.example/'],
    ['for a page with a similar address', 'app://inferometer.evil.example/'],
    ['for an empty page', 'about:blank'],
  ])('%s', (_, url) => {
    expect(ask(1, url)).toBeNull();
    expect(log).toEqual([`Refused a port to ${url}.`]);
  });

  it('for a frame inside the page', () => {
    expect(ask(1, 'app://inferometer/', createFrame('app://inferometer/').frame)).toBeNull();
  });

  it('for a frame that is gone', () => {
    ipc.emit(desktopChannels.port, { sender: { id: 1 }, senderFrame: null });
    expect(log).toEqual(['Refused a port to a frame that is gone.']);
  });
});
