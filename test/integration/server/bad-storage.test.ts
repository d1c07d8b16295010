import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiContext } from '../../../src/core/api/context.ts';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { resourcePath } from '../../../src/core/resources.ts';
import { startServer, type RunningServer } from '../../../src/server/start-server.ts';
import { modelUpload } from '../../../src/shared/contract/upload.ts';
import type { RunSession } from '../../../src/shared/domain/run-session.ts';
import { limitDatabase, type LimitedDatabase } from '../../support/limited-database.ts';
import { lockDatabase } from '../../support/lock-database.ts';
import { screensFolder } from '../../support/screens.ts';
import { shortPlan } from '../../support/short-plan.ts';
import { openSocket, signIn, type Client, type SignedInPage } from '../../support/signed-in-page.ts';
import { mountSmallDisk } from '../../support/small-disk.ts';
import { createTemporaryFolder } from '../../unit/storage/sample-run.ts';

const plan = shortPlan({ models: ['digits-cnn'] });

let folder: ReturnType<typeof createTemporaryFolder>;
let core: Core & { limits: LimitedDatabase };
let server: RunningServer;
let page: SignedInPage;
let client: Client;
const log: string[] = [];

beforeEach(async () => {
  folder = createTemporaryFolder();
  await openHost(folder.path);
});
afterEach(async () => {
  await closeHost();
  folder[Symbol.dispose]();
});

async function openHost(dataDirectory: string): Promise<void> {
  const own = createCore({ dataDirectory });
  const limits = limitDatabase(own.directory.database);
  core = { ...own, storage: limits.storage, limits };
  const context = createApiContext(core, { lockPath: path.join(folder.path, 'lock') });
  server = await startServer({ context, port: 0, staticFolder: screensFolder, log: (line) => log.push(line) });
  page = await signIn(server.url);
  ({ client } = await openSocket(page));
}

async function closeHost(): Promise<void> {
  await server.close();
  core.storage.close();
  core[Symbol.dispose]();
}

/** Follows a measurement until it ends. */
async function untilEnded(): Promise<RunSession> {
  for await (const message of await client.runs.progress()) {
    if (message.type === 'session' && message.session?.phase === 'ended') return message.session;
  }
  throw new Error('The stream ended before the measurement.');
}

/** An expected failure with one sentence for what happened and one for what to do. */
function failure(code: string, message: RegExp): object {
  return {
    code,
    message: expect.stringMatching(message) as string,
    data: { remedy: expect.stringMatching(/\.$/) as string },
  };
}

describe('a model whose file was removed while it is listed', () => {
  it('is listed as gone, and inspecting or measuring it says which file is missing', async () => {
    const file = path.join(folder.path, 'mine.onnx');
    cpSync(resourcePath('engine', 'probe.onnx'), file);
    await client.models.add({ path: file });
    rmSync(file);
    expect((await client.models.list()).find(({ name }) => name === 'mine')).toMatchObject({ present: false });
    const gone = failure('MODEL_NOT_FOUND', /mine\.onnx/);
    const inspecting = await client.models.inspect({ name: 'mine' });
    await expect(inspecting.next()).rejects.toMatchObject(gone);
    await expect(client.runs.start({ plan: { ...plan, models: ['mine'] } })).rejects.toMatchObject(gone);
    expect((await client.runs.list({})).items).toEqual([]);
  });
});

describe('a database that another process has locked', () => {
  it('can be read, refuses changes in one sentence, and takes them once the lock is gone', async () => {
    await client.settings.update({ theme: 'dark' });
    await using lock = await lockDatabase(core.directory.database);
    const locked = failure('STORAGE_UNUSABLE', /locked by another process/);
    await expect(client.settings.update({ theme: 'light' })).rejects.toMatchObject(locked);
    await expect(client.runs.start({ plan })).rejects.toMatchObject(locked);
    expect((await client.settings.get()).settings.theme).toBe('dark');
    await lock.release();
    expect((await client.settings.update({ theme: 'light' })).settings.theme).toBe('light');
  });
});

describe('a database that may only be read', () => {
  it('shows what it has and refuses changes in one sentence', async () => {
    await client.settings.update({ theme: 'dark' });
    await client.models.add({ path: resourcePath('engine', 'probe.onnx'), name: 'mine' });
    core.limits.forbidWriting();
    const readOnly = failure('STORAGE_UNUSABLE', /cannot be opened for writing/);
    await expect(client.settings.update({ theme: 'light' })).rejects.toMatchObject(readOnly);
    await expect(client.runs.start({ plan })).rejects.toMatchObject(readOnly);
    await expect(client.models.remove({ name: 'mine' })).rejects.toMatchObject(readOnly);
    expect((await client.settings.get()).settings.theme).toBe('dark');
    expect(log.join('\n')).not.toContain('Defect');
  });
});

describe('a disk that is full', () => {
  it('during a run ends it with the reading that could not be stored, and the run can be resumed', async () => {
    const ended = untilEnded();
    const { runId } = await client.runs.start({ plan });
    core.limits.forbidGrowth();
    const session = await ended;
    expect(session).toMatchObject({
      runId,
      unsaved: [{ index: 0, outcome: { state: 'completed' } }],
      end: { failure: { code: 'STORAGE_FULL' }, defect: null },
    });
    core.limits.lift();
    const resumed = untilEnded();
    await client.runs.resume({ runId });
    expect(await resumed).toMatchObject({ end: { state: 'completed', failure: null } });
    expect((await client.runs.get({ runId })).cells).toMatchObject([{ outcome: { state: 'completed' } }]);
  });

  it('during an upload says so and keeps nothing of it', async () => {
    using disk = mountSmallDisk(folder.path);
    // Without the right to mount there is no such disk; what the disk answers is the same for exports, tested there.
    if (disk === undefined) return;
    await closeHost();
    await openHost(path.join(disk.path, 'data'));
    const sizeBytes = 8 * 2 ** 20;
    const answer = await fetch(`${page.origin}${modelUpload.path}?name=large.onnx&size=${sizeBytes}`, {
      method: 'POST',
      headers: { cookie: page.cookie, origin: page.origin },
      body: new Uint8Array(sizeBytes),
    });
    expect(answer.status).toBe(507);
    expect(await answer.json()).toMatchObject({ code: 'STORAGE_FULL', remedy: expect.any(String) as string });
    expect(readdirSync(path.join(disk.path, 'data', 'imports'))).toEqual([]);
    await closeHost();
    await openHost(path.join(folder.path, 'elsewhere'));
    expect(existsSync(disk.path)).toBe(true);
  });
});
