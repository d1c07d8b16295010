import { describe, expect, it } from 'vitest';
import { parseResultSearch, parseResultsSearch } from '../../../src/renderer/features/results/search.ts';

describe('the filters of the address', () => {
  it('come back as they were', () => {
    const search = {
      model: 'resnet50',
      provider: 'cpu',
      run: 'run_0mjzk3q8g0000001',
      verdict: 'INVALID',
      state: 'timed-out',
    } as const;
    expect(parseResultsSearch(search)).toEqual(search);
  });

  it('leave out what is no filter', () => {
    expect(parseResultsSearch({ model: '', provider: 3, verdict: 'GOOD', state: null, page: 2 })).toEqual({});
    expect(parseResultsSearch({ model: ['resnet50'], provider: 'npu', run: 5 })).toEqual({});
    expect(parseResultsSearch({ run: 'run_1' })).toEqual({});
  });
});

describe('the tab and process of the address', () => {
  it('come back as they were', () => {
    expect(parseResultSearch({ tab: 'raw', process: 2 })).toEqual({ tab: 'raw', process: 2 });
  });

  it.each([-1, 1.5, '1', 0])('take process %s for the first', (process) => {
    expect(parseResultSearch({ process })).toEqual({});
  });

  it('open the first tab for one that does not exist', () => {
    expect(parseResultSearch({ tab: 'nowhere' })).toEqual({});
  });
});
