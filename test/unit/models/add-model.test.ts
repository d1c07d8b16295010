import { cpSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { addModel } from '../../../src/core/models/import/add-model.ts';
import { listModels } from '../../../src/core/models/list-models.ts';
import { resourcePath } from '../../../src/core/resources.ts';
import { resolveDataDirectory } from '../../../src/core/storage/data-directory.ts';
import { openStorage } from '../../../src/core/storage/open.ts';
import { externalGraph, writeGraph } from '../../fixtures/onnx/build.ts';
import { createTemporaryFolder } from '../storage/sample-run.ts';

test('a model is listed once it was added, and marked when its file is gone', async () => {
  using folder = createTemporaryFolder();
  const directory = resolveDataDirectory({ flag: folder.path, env: {} });
  using storage = openStorage(directory.database);
  const file = path.join(folder.path, 'mine.onnx');
  cpSync(resourcePath('engine', 'probe.onnx'), file);
  await addModel(storage, file);
  const find = () => listModels({ storage, directory }).find(({ name }) => name === 'mine');
  expect(find()).toMatchObject({ kind: 'imported', source: file, present: true, macs: null });
  await expect(addModel(storage, file)).rejects.toMatchObject({ code: 'USAGE' });
  await expect(addModel(storage, file, { name: 'resnet50' })).rejects.toMatchObject({ code: 'USAGE' });
  rmSync(file);
  expect(find()).toMatchObject({ present: false, missing: file });
});

test('a model whose external data is gone is listed as missing it', async () => {
  using folder = createTemporaryFolder();
  const directory = resolveDataDirectory({ flag: folder.path, env: {} });
  using storage = openStorage(directory.database);
  const file = path.join(folder.path, 'split.onnx');
  const weights = `${file}.data`;
  await writeGraph(file, externalGraph('split.onnx.data'));
  writeFileSync(weights, new Float32Array(4));
  await addModel(storage, file);
  const find = () => listModels({ storage, directory }).find(({ name }) => name === 'split');
  expect(find()).toMatchObject({ present: true, missing: null });
  rmSync(weights);
  expect(find()).toMatchObject({ present: false, missing: weights });
});
