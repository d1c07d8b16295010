import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { referenceModels } from '../../../src/core/models/registry.ts';
import { readModel } from '../../../src/core/onnx/read.ts';
import { resourcePath } from '../../../src/core/resources.ts';
import { countMacs } from '../../support/count-macs.ts';
import { weightlessModel } from '../../support/weightless-model.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'macs-'));
});
afterAll(() => rm(directory, { recursive: true }));

test.each(referenceModels)('$id takes the multiply-accumulates of the literature within 1 %', async (model) => {
  const proto =
    model.weights.kind === 'seeded'
      ? weightlessModel(model)
      : (await readModel(resourcePath(...model.weights.resource))).model;
  const macs = await countMacs(proto, model.expected.macsDims, directory);

  expect(Math.abs(macs / model.expected.macs - 1)).toBeLessThan(0.01);
});
