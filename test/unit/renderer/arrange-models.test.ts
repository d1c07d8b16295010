import { expect, it } from 'vitest';
import { arrangeModels, sizeShare, type ListedModel } from '../../../src/renderer/features/models/listed-model.ts';

function model(name: string, kind: ListedModel['kind'], of?: string | null): ListedModel {
  return {
    name,
    kind,
    title: name,
    source: name,
    parameters: { value: 1, unit: '1', kind: 'computed', interval: null, n: null },
    macs: null,
    sizeBytes: 100,
    present: true,
    missing: null,
    copied: false,
    variant: of === undefined ? null : { of, recipe: 'fp16', isQualityVoid: false },
  };
}

const namesOf = (lines: ReturnType<typeof arrangeModels>['own']): string[] =>
  lines.map(({ model: { name }, source }) => (source === null ? name : `${source.name} > ${name}`));

it('variants stand below what they were made from, of reference models too', () => {
  const models = [
    model('resnet50', 'reference'),
    model('vit-b16', 'reference'),
    model('mine', 'imported'),
    model('mine.fp16', 'quantized', 'mine'),
    model('resnet50.fp16', 'quantized', 'resnet50'),
  ];
  const { own, reference } = arrangeModels(models);
  expect(namesOf(own)).toEqual(['mine', 'mine > mine.fp16']);
  expect(namesOf(reference)).toEqual(['resnet50', 'resnet50 > resnet50.fp16', 'vit-b16']);
});

it('a variant stands by itself where its source is gone or filtered out', () => {
  const orphan = model('orphan', 'quantized', null);
  const filtered = model('mine.fp16', 'quantized', 'mine');
  expect(namesOf(arrangeModels([orphan, filtered]).own)).toEqual(['orphan', 'mine.fp16']);
});

it('the share of the size is told where both are known', () => {
  const small = { ...model('small', 'quantized', 'mine'), sizeBytes: 25 };
  expect(sizeShare(small, model('mine', 'imported'))).toBe(0.25);
  expect(sizeShare(small, { ...model('mine', 'reference'), sizeBytes: null })).toBeNull();
  expect(sizeShare(small, null)).toBeNull();
});
