import { cpSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addModel } from '../../../src/core/models/import/add-model.ts';
import { receiveModel } from '../../../src/core/models/import/receive-model.ts';
import { removeModel } from '../../../src/core/models/import/remove-model.ts';
import { resourcePath } from '../../../src/core/resources.ts';
import { resolveDataDirectory, type DataDirectory } from '../../../src/core/storage/data-directory.ts';
import { openStorage, type Storage } from '../../../src/core/storage/open.ts';
import { createConfig, createTemporaryFolder, storeRun, type TemporaryFolder } from '../storage/sample-run.ts';

const probe = resourcePath('engine', 'probe.onnx');

let folder: TemporaryFolder;
let ports: { storage: Storage; directory: DataDirectory };

beforeEach(() => {
  folder = createTemporaryFolder();
  const directory = resolveDataDirectory({ flag: folder.path, env: {} });
  ports = { directory, storage: openStorage(directory.database) };
});

afterEach(() => {
  ports.storage.close();
  folder[Symbol.dispose]();
});

async function* send(bytes: Uint8Array) {
  yield await Promise.resolve(bytes);
}

function receive(fileName: string) {
  const content = readFileSync(probe);
  return receiveModel(ports, { fileName, sizeBytes: content.byteLength, content: send(content) });
}

const names = (): string[] => ports.storage.models.list().map(({ name }) => name);

test('the copy of a file that was handed over goes with its model', async () => {
  const { path: copy } = await receive('mine.onnx');
  expect(removeModel(ports, 'mine')).toBe('copy-deleted');
  expect([names(), existsSync(path.dirname(copy))]).toEqual([[], false]);
});

test('the file of the user stays where it is', async () => {
  const file = path.join(folder.path, 'own.onnx');
  cpSync(probe, file);
  await addModel(ports.storage, file);
  expect(removeModel(ports, 'own')).toBe('own');
  expect([names(), existsSync(file)]).toEqual([[], true]);
});

test('a copy that another model names stays until that one is removed', async () => {
  const { path: copy } = await receive('mine.onnx');
  await addModel(ports.storage, copy, { name: 'again' });
  expect(removeModel(ports, 'mine')).toBe('copy-kept');
  expect(existsSync(copy)).toBe(true);
  expect(removeModel(ports, 'again')).toBe('copy-deleted');
  expect(existsSync(copy)).toBe(false);
});

test('of two copies of the same content, only that of the removed model goes', async () => {
  const one = await receive('one.onnx');
  const two = await receive('two.onnx');
  removeModel(ports, 'one');
  expect([existsSync(one.path), existsSync(two.path)]).toEqual([false, true]);
});

test('a copy stays while a run that was begun with it can go on, and goes once the run has ended', async () => {
  const { path: copy, summary } = await receive('mine.onnx');
  const files = { models: [{ id: 'mine', sha256: summary.sha256 }], inputsSha256: null };
  const run = storeRun(ports.storage, { createdAtMs: 1e12, configs: [createConfig({ model: 'mine' })], files });
  ports.storage.runs.markState(run, 'cancelled', '2026-05-06T07:08:09.000Z');
  expect(removeModel(ports, 'mine')).toBe('copy-kept');
  expect([names(), existsSync(copy)]).toEqual([[], true]);
  await receive('mine.onnx');
  ports.storage.runs.markState(run, 'completed', '2026-05-06T07:08:10.000Z');
  expect(removeModel(ports, 'mine')).toBe('copy-deleted');
  expect(existsSync(copy)).toBe(false);
});

test('a name that no model has is said to be unknown', () => {
  expect(() => removeModel(ports, 'nobody')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
});
