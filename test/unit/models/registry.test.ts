import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findReferenceModel, referenceModels } from '../../../src/core/models/registry.ts';
import { weightlessModel } from '../../support/weightless-model.ts';

const folder = new URL('../../../src/core/models/', import.meta.url);

test('every file of the folder that defines a model is registered under its own name', () => {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() && readFileSync(new URL(entry.name, folder), 'utf8').includes('= defineReferenceModel('),
    )
    .map((entry) => entry.name.replace(/\.ts$/, ''));

  expect(referenceModels.map((model) => model.id).toSorted()).toEqual(files.toSorted());
});

test('a model is found by its id, and an unknown id finds none', () => {
  expect(findReferenceModel('resnet50')?.title).toContain('ResNet-50');
  expect(findReferenceModel('resnet-50')).toBeUndefined();
});

test.each(referenceModels)('$id gives a size to each symbolic dimension of its inputs', (model) => {
  const symbols = model.inputs.flatMap((input) => input.dims.filter((dim) => typeof dim === 'string'));

  expect(Object.keys(model.defaultDims).toSorted()).toEqual([...new Set(symbols)].toSorted());
  expect(symbols).toContain('batch');
});

const seeded = referenceModels.filter((model) => model.weights.kind === 'seeded');

test.each(seeded)('$id has the number of parameters of the literature within 1 %', (model) => {
  const parameters = (weightlessModel(model).graph?.initializer ?? [])
    .filter((tensor) => !tensor.name.startsWith('constant/'))
    .map((tensor) => tensor.dims.reduce((product, size) => product * Number(size), 1))
    .reduce((sum, count) => sum + count, 0);

  expect(Math.abs(parameters / model.expected.parameters - 1)).toBeLessThan(0.01);
});

test.each(seeded)('$id publishes the outputs and reads the inputs that it declares', (model) => {
  const { graph } = weightlessModel(model);

  expect(graph?.input.map((input) => input.name)).toEqual(model.inputs.map((input) => input.name));
  expect(graph?.output.map((output) => output.name)).toEqual(model.outputs.map((output) => output.name));
});
