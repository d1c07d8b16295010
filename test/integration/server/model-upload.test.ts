import { once } from 'node:events';
import { createReadStream, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApiContext, type ApiContext } from '../../../src/core/api/context.ts';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { packageRoot } from '../../../src/core/resources.ts';
import { startServer, type RunningServer } from '../../../src/server/start-server.ts';
import { failureSchema } from '../../../src/shared/errors.ts';
import { modelUpload, uploadedModelSchema } from '../../../src/shared/contract/upload.ts';
import { screensFolder } from '../../support/screens.ts';
import { shortPlan } from '../../support/short-plan.ts';

const goodModel = readFileSync(path.join(packageRoot, 'test', 'fixtures', 'onnx', 'conv.onnx'));

let folder: string;
let core: Core;
let context: ApiContext;
let server: RunningServer;
let cookie: string;
const log: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'upload-'));
  core = createCore({ dataDirectory: folder });
  context = createApiContext(core, { lockPath: path.join(folder, 'lock') });
  server = await startServer({ context, port: 0, staticFolder: screensFolder, log: (line) => log.push(line) });
  const signedIn = await fetch(server.url, { redirect: 'manual' });
  [cookie = ''] = (signedIn.headers.get('set-cookie') ?? '').split(';');
});
afterEach(async () => {
  await server.close();
  core[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Sent {
  name?: string;
  size?: number | string;
  headers?: Record<string, string>;
}

/** A request of the page itself, to be ended by the caller. */
function open({ name = 'mine.onnx', size = goodModel.byteLength, headers = {} }: Sent = {}): ClientRequest {
  const query = new URLSearchParams({ name, size: String(size) });
  return httpRequest({
    host: '127.0.0.1',
    port: server.port,
    method: 'POST',
    path: `${modelUpload.path}?${query.toString()}`,
    headers: {
      cookie,
      origin: `http://127.0.0.1:${server.port}`,
      'content-type': 'application/octet-stream',
      ...headers,
    },
    agent: false,
  });
}

async function readAnswer(request: ClientRequest): Promise<{ status: number; body: unknown; text: string }> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += String(piece);
  const isJson = response.headers['content-type']?.startsWith('application/json') === true;
  return { status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : null, text };
}

async function upload(content: Uint8Array, sent: Sent = {}) {
  const request = open({ size: content.byteLength, ...sent });
  request.end(content);
  return readAnswer(request);
}

/** Everything below the folder of imports; empty folders count too. */
function kept(): string[] {
  const imports = path.join(folder, 'imports');
  return existsSync(imports) ? readdirSync(imports, { recursive: true, encoding: 'utf8' }) : [];
}

const importedNames = (): string[] => core.storage.models.list().map(({ name }) => name);

describe('a model that is sent by the page', () => {
  it('is kept in the data directory under its own name, listed, and can be measured', async () => {
    const { status, body } = await upload(goodModel);
    expect(status).toBe(200);
    const model = uploadedModelSchema.parse(body);
    expect(model.name).toBe('mine');
    expect(path.basename(model.path)).toBe('mine.onnx');
    expect(model.path.startsWith(path.join(folder, 'imports') + path.sep)).toBe(true);
    expect(readFileSync(model.path).equals(goodModel)).toBe(true);
    expect(kept()).toHaveLength(2);
    const runId = await context.sessions.start(shortPlan({ models: ['mine'] }));
    await vi.waitFor(() => expect(context.sessions.isMeasuring()).toBe(false), { timeout: 30_000 });
    expect(core.storage.cells.ofRun(runId)).toMatchObject([{ outcome: { state: 'completed' } }]);
  });

  it.each([
    ['no ONNX', 'MODEL_NOT_ONNX', Buffer.from('\u0089PNG not a model at all', 'latin1')],
    ['cut off', 'MODEL_TRUNCATED', goodModel.subarray(0, goodModel.byteLength - 100)],
    ['empty', 'MODEL_EMPTY', Buffer.alloc(0)],
  ])('is refused when it is %s, in terms of its own name, and not kept', async (_, code, content) => {
    const { status, body } = await upload(content, { name: 'broken.onnx' });
    const failure = failureSchema.parse(body);
    expect([status, failure.code]).toEqual([422, code]);
    expect(failure.message).toMatch(/^broken\.onnx /);
    expect(JSON.stringify(failure)).not.toContain(folder);
    expect([kept(), importedNames()]).toEqual([[], []]);
  });

  it('of another name and the same content lies beside the first', async () => {
    await upload(goodModel, { name: 'one.onnx' });
    await upload(goodModel, { name: 'two.onnx' });
    expect(importedNames()).toEqual(['one', 'two']);
    for (const { path: file } of core.storage.models.list()) expect(readFileSync(file).equals(goodModel)).toBe(true);
  });
});

describe('a name', () => {
  it.each([
    '../escaped.onnx',
    '..\\escaped.onnx',
    '/tmp/escaped.onnx',
    'C:\\escaped.onnx',
    'folder/escaped.onnx',
    '..',
    '.',
    '.hidden.onnx',
    'nul.onnx',
    'line\nbreak.onnx',
    'zero\0.onnx',
    `${'long'.repeat(60)}.onnx`,
    '',
  ])('of %j is refused, and nothing is written', async (name) => {
    const { status, body } = await upload(goodModel, { name });
    expect([status, failureSchema.parse(body).code]).toEqual([422, 'USAGE']);
    expect(kept()).toEqual([]);
    expect(readdirSync(folder).filter((file) => file.includes('escaped'))).toEqual([]);
  });

  it('that is taken is refused, and the model that has it stays as it was', async () => {
    await upload(goodModel);
    const other = Buffer.from(goodModel);
    other.writeUInt8(other.readUInt8(other.byteLength - 1) ^ 1, other.byteLength - 1);
    const [file] = core.storage.models.list().map((model) => model.path);
    for (const name of ['mine.onnx', 'resnet50.onnx']) {
      const { status, body } = await upload(other, { name });
      expect([status, failureSchema.parse(body).code]).toEqual([422, 'USAGE']);
    }
    expect(readFileSync(file!).equals(goodModel)).toBe(true);
    expect(kept()).toHaveLength(2);
  });

  it('that two send at once goes to one of them, whose file stays', async () => {
    const answers = await Promise.all([upload(goodModel), upload(goodModel), upload(goodModel)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 422, 422]);
    const [model] = core.storage.models.list();
    expect(readFileSync(model!.path).equals(goodModel)).toBe(true);
    expect(kept()).toHaveLength(2);
  });
});

describe('a length', () => {
  it('of 3 GB is refused before the first byte is sent', async () => {
    const request = open({ size: 3e9, headers: { 'content-length': '3000000000' } });
    request.on('error', () => undefined);
    request.flushHeaders();
    const { status, body } = await readAnswer(request);
    request.destroy();
    const failure = failureSchema.parse(body);
    expect([status, failure.code]).toEqual([422, 'MODEL_TOO_LARGE']);
    expect(failure.message).toMatch(/2\.79 GiB.*2 GiB/);
    expect(failure.remedy).toMatch(/external data.*path/);
    expect(kept()).toEqual([]);
  });

  it.each([
    ['more', goodModel.byteLength - 1],
    ['less', goodModel.byteLength + 1],
  ])('that is announced wrongly is refused when %s comes', async (_, size) => {
    const request = open({ size, headers: { 'transfer-encoding': 'chunked' } });
    request.end(goodModel);
    const { status, body } = await readAnswer(request);
    expect([status, failureSchema.parse(body).code]).toEqual([422, 'USAGE']);
    expect([kept(), importedNames()]).toEqual([[], []]);
  });

  it('that differs from that of the request is refused before it is read', async () => {
    const { status, body } = await upload(goodModel, { size: goodModel.byteLength + 1 });
    expect([status, failureSchema.parse(body).message]).toEqual([422, expect.stringMatching(/were announced/)]);
  });

  it.each(['', '-1', '1.5', 'many', '1e3'])('of "%s" is refused', async (size) => {
    const { status, body } = await upload(goodModel, { size });
    expect([status, failureSchema.parse(body).code]).toEqual([422, 'USAGE']);
  });

  it('of hundreds of megabytes does not pass through the memory of the host', async () => {
    const file = path.join(folder, 'zeros.onnx');
    writeFileSync(file, '');
    await truncate(file, 400e6);
    const before = process.memoryUsage.rss();
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
    const request = open({ name: 'zeros.onnx', size: (await stat(file)).size });
    const answer = readAnswer(request);
    await pipeline(createReadStream(file), request);
    const { body } = await answer;
    clearInterval(watch);
    expect(failureSchema.parse(body).code).toMatch(/^MODEL_/);
    expect(most - before).toBeLessThan(200e6);
    expect(kept()).toEqual([]);
  });
});

describe('a transfer', () => {
  it('that breaks off leaves nothing, and the next one works', async () => {
    const request = open({ size: 1e6 });
    request.on('error', () => undefined);
    request.write(Buffer.alloc(500_000));
    await vi.waitFor(() => expect(kept().some((name) => name.endsWith('.partial'))).toBe(true));
    request.destroy();
    await vi.waitFor(() => expect(kept()).toEqual([]));
    expect(log.join('\n')).not.toContain('Defect');
    expect((await upload(goodModel)).status).toBe(200);
  });

  it('that is under way when the host ends leaves nothing', async () => {
    const request = open({ size: 1e6 });
    request.on('error', () => undefined);
    request.write(Buffer.alloc(500_000));
    await vi.waitFor(() => expect(kept()).not.toEqual([]));
    await server.close();
    expect(kept()).toEqual([]);
  });

  it('is refused while a measurement runs, which goes on', async () => {
    await context.sessions.start(shortPlan({ models: ['digits-cnn'], override: { minDurationS: 60 } }));
    const { status, body } = await upload(goodModel);
    expect([status, failureSchema.parse(body).code]).toEqual([409, 'MACHINE_BUSY']);
    expect(context.sessions.isMeasuring()).toBe(true);
    expect(kept()).toEqual([]);
  });
});

describe('the guards of the API', () => {
  it.each([
    ['a foreign origin', { origin: 'http://evil.example' }, 403],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['a foreign host', { host: 'evil.example' }, 421],
    ['no cookie', { cookie: '' }, 401],
    ['a cookie of another launch', { cookie: `inferometer-1=${'A'.repeat(43)}` }, 401],
  ])('hold for uploads: %s', async (_, headers, expected) => {
    expect((await upload(goodModel, { headers })).status).toBe(expected);
    expect(kept()).toEqual([]);
  });

  it('hold for uploads: no origin', async () => {
    const request = open();
    request.removeHeader('origin');
    request.end(goodModel);
    expect((await readAnswer(request)).status).toBe(403);
    expect(kept()).toEqual([]);
  });
});
