import { describe, expect, it } from 'vitest';
import { emptyDraft, parseDraft, readDraft, type Draft } from '../../../src/renderer/features/new-run/draft.ts';

describe('a draft that was kept', () => {
  it('comes back as it was, with what is wrong in it', () => {
    const draft: Draft = {
      ...emptyDraft,
      models: ['resnet50'],
      batches: ['1', 'two'],
      dims: { seq: '' },
      grade: 'quick',
    };
    const read = parseDraft(JSON.parse(JSON.stringify(draft)));
    expect(read).toEqual(draft);
    expect(readDraft(read, 'standard').problems.batches).toContain('"two"');
  });

  it.each([
    ['a text in place of names', { ...emptyDraft, models: 'resnet50' }],
    ['a number in place of names', { ...emptyDraft, models: 7 }],
    ['a provider that nobody knows', { ...emptyDraft, providers: ['npu'] }],
    ['numbers in place of what was typed', { ...emptyDraft, batches: [1] }],
    ['a field less', { models: ['resnet50'] }],
    ['nothing', null],
    ['a text', 'draft'],
  ])('is the empty one for %s', (_, kept) => {
    expect(parseDraft(kept)).toEqual(emptyDraft);
  });
});
