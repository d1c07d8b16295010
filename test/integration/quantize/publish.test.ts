import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorkplace, publish, type Workplace } from '../../../src/core/quantize/workplace.ts';
import { sha256Schema } from '../../../src/shared/domain/ids.ts';

let directory: string;
let target: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'inferometer-publish-'));
  target = path.join(directory, 'model.onnx');
});
afterEach(() => rm(directory, { recursive: true }));

const written = { sha256: sha256Schema.parse('ab'.repeat(32)), sizeBytes: 8, externalFile: 'model.onnx.data' };

async function prepare(workplace: Workplace): Promise<void> {
  await writeFile(workplace.file, 'new model');
  await writeFile(`${workplace.file}.data`, 'new data');
}

async function found(): Promise<Record<string, string>> {
  const names = await readdir(directory);
  const visible = names.filter((name) => !name.startsWith('.'));
  const texts = await Promise.all(visible.map((name) => readFile(path.join(directory, name), 'utf8')));
  return Object.fromEntries(visible.map((name, index) => [name, texts[index] ?? '']));
}

it('replaces a model and its data', async () => {
  await writeFile(target, 'old model');
  await writeFile(`${target}.data`, 'old data');
  {
    await using workplace = await createWorkplace(target);
    await prepare(workplace);
    await publish(workplace.file, target, written);
  }
  expect(await found()).toEqual({ 'model.onnx': 'new model', 'model.onnx.data': 'new data' });
  expect(await readdir(directory)).toHaveLength(2);
});

it('puts the earlier model and its data back where the new one cannot take the place', async () => {
  await writeFile(target, 'old model');
  await writeFile(`${target}.data`, 'old data');
  {
    await using workplace = await createWorkplace(target);
    await prepare(workplace);
    await rm(workplace.file);
    await expect(publish(workplace.file, target, written)).rejects.toMatchObject({ code: 'STORAGE_UNUSABLE' });
  }
  expect(await found()).toEqual({ 'model.onnx': 'old model', 'model.onnx.data': 'old data' });
});

it('leaves nothing of a new model whose data cannot take the place', async () => {
  {
    await using workplace = await createWorkplace(target);
    await prepare(workplace);
    await rm(workplace.file);
    await mkdir(workplace.file);
    await rm(`${workplace.file}.data`);
    await expect(publish(workplace.file, target, written)).rejects.toMatchObject({ code: 'STORAGE_UNUSABLE' });
  }
  expect(await found()).toEqual({});
});
