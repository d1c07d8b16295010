import { describe, expect, it } from 'vitest';
import { groupModels, listVariants } from '../../../../src/renderer/features/compare/new/group-models.ts';

const model = (name: string, kind: 'reference' | 'imported' | 'quantized', of?: string | null) => ({
  name,
  kind,
  present: true,
  variant: of === undefined ? null : { of },
});
const namesOf = (groups: ReturnType<typeof groupModels>) =>
  groups.map(({ group, items }) => [group, items.map(({ value }) => value)]);

describe('models to choose from', () => {
  it('stand with the variants that were made from them', () => {
    const models = [
      model('resnet50', 'reference'),
      model('mine', 'imported'),
      model('resnet50-int8', 'quantized', 'resnet50'),
      model('bert-base', 'reference'),
      model('resnet50-int8-again', 'quantized', 'resnet50-int8'),
      model('orphan', 'quantized', null),
    ];
    expect(namesOf(groupModels(models, null))).toEqual([
      ['resnet50 and its variants', ['resnet50', 'resnet50-int8', 'resnet50-int8-again']],
      ['Your models', ['mine', 'orphan']],
      ['Reference models', ['bert-base']],
    ]);
  });

  it('ends where variants name each other', () => {
    const models = [model('a', 'quantized', 'b'), model('b', 'quantized', 'a')];
    expect(groupModels(models, null).flatMap(({ items }) => items.map(({ value }) => value))).toContain('a');
  });

  it('keep a chosen one that is gone, and do not offer another whose file is missing', () => {
    const missing = { ...model('lost', 'imported'), present: false };
    const groups = groupModels([missing], 'removed');
    expect(namesOf(groups)).toEqual([
      ['Your models', ['lost']],
      ['Not in the list', ['removed']],
    ]);
    expect(groups[0]?.items[0]?.disabled).toBe(true);
    expect(groupModels([missing], 'lost')[0]?.items[0]?.disabled).toBe(false);
  });

  it('offer the variants of a baseline that are not chosen yet', () => {
    const models = [
      model('resnet50', 'reference'),
      model('resnet50-int8', 'quantized', 'resnet50'),
      model('resnet50-fp16', 'quantized', 'resnet50'),
      model('other-int8', 'quantized', 'other'),
      { ...model('lost', 'quantized', 'resnet50'), present: false },
    ];
    expect(listVariants(models, 'resnet50', ['resnet50-fp16', null])).toEqual(['resnet50-int8']);
  });
});
