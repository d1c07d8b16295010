import { describe, expect, it } from 'vitest';
import {
  emptyDraft,
  newSide,
  nextKey,
  parseDraft,
  readDraft,
  startDraft,
  toDraft,
  type Draft,
} from '../../../../src/renderer/features/compare/new/draft.ts';
import { takeOver } from '../../../../src/renderer/features/compare/new/take-over.ts';
import { parseNewComparisonSearch } from '../../../../src/renderer/features/compare/search.ts';
import { createSampleComparisons } from '../../../e2e/scenarios/sample-comparisons.ts';

const complete: Draft = {
  ...emptyDraft,
  baseline: newSide('baseline', 'resnet50'),
  candidates: [newSide('0', 'resnet50-int8')],
};

describe('a draft of a comparison', () => {
  it('asks for models first', () => {
    const { plan, problems } = readDraft(emptyDraft);
    expect(plan).toBeNull();
    expect(problems.models).toEqual({ baseline: 'Choose a model.', '0': 'Choose a model.' });
  });

  it('becomes a plan with the margin as a share', () => {
    expect(
      readDraft({ ...complete, margin: '1,5', data: ' /data ', dims: { sequence: '128', unset: '' } }).plan,
    ).toEqual({
      baseline: { model: 'resnet50', provider: 'cpu', threads: 0 },
      candidates: [{ model: 'resnet50-int8', provider: 'cpu', threads: 0 }],
      batch: 1,
      dims: { sequence: 128 },
      seed: 0,
      margin: 0.015,
      maxDurationS: 60,
      data: '/data',
    });
  });

  it.each([
    [{ batch: '0' }, 'batch'],
    [{ margin: '0' }, 'margin'],
    [{ margin: '100' }, 'margin'],
    [{ maxDuration: 'long' }, 'maxDuration'],
    [{ seed: '-1' }, 'seed'],
  ])('says which field is not right (%o)', (change, field) => {
    const { plan, problems } = readDraft({ ...complete, ...change });
    expect(plan).toBeNull();
    expect(problems).toHaveProperty(field);
  });

  it('comes back from the plan of a stored comparison', () => {
    for (const { record } of createSampleComparisons()) {
      expect(readDraft(toDraft(record.plan)).plan).toEqual(record.plan);
    }
  });

  it('starts anew where what was kept is none', () => {
    expect(parseDraft({ candidates: [] })).toBe(emptyDraft);
    expect(parseDraft(complete)).toEqual(complete);
  });

  it('gives each new candidate a key of its own', () => {
    expect(nextKey([newSide('0'), newSide('7'), newSide('baseline')])).toBe('8');
  });
});

describe('an address of a new comparison', () => {
  it('fills both sides', () => {
    const search = parseNewComparisonSearch({ baseline: 'resnet50', candidate: ['a', 'b'], other: 1 });
    const start = startDraft(search, complete);
    expect(start?.baseline?.model).toBe('resnet50');
    expect(start?.candidates?.map(({ model }) => model)).toEqual(['a', 'b']);
  });

  it('takes a name that reads like a number for a name', () => {
    expect(parseNewComparisonSearch({ baseline: 5, candidate: '1e3' })).toEqual({ baseline: '5', candidate: '1e3' });
  });

  it('asks for nothing where it has nothing', () => {
    expect(startDraft(parseNewComparisonSearch({ result: 'run_x' }), complete)).toBeNull();
  });
});

describe('a side taken over from a result', () => {
  it('brings batch, sizes and seed with it, and leaves the other side', () => {
    const config = {
      model: 'bert-base',
      provider: 'webgpu',
      scenario: 'single-stream',
      batch: 8,
      threads: 2,
      dims: { sequence: 64 },
      seed: 3,
    } as const;
    const change = takeOver(config, '0', complete);
    expect(change).toMatchObject({ batch: '8', dims: { sequence: '64' }, seed: '3' });
    expect(change.candidates).toEqual([{ key: '0', model: 'bert-base', provider: 'webgpu', threads: '2' }]);
    expect(change.baseline).toEqual(complete.baseline);
  });
});
