import { describe, expect, it } from 'vitest';
import { nextIndex } from '../../../src/renderer/components/data-table/next-index.ts';

const middle = { active: 50, count: 100, page: 20 };

describe('the keys of a table', () => {
  it.each([
    ['ArrowDown', 51],
    ['ArrowUp', 49],
    ['PageDown', 70],
    ['PageUp', 30],
    ['Home', 0],
    ['End', 99],
  ])('%s leads from row 50 of 100 to row %i', (key, row) => {
    expect(nextIndex(key, middle)).toBe(row);
  });

  it('stay within the table', () => {
    expect(nextIndex('PageUp', { ...middle, active: 3 })).toBe(0);
    expect(nextIndex('PageDown', { ...middle, active: 95 })).toBe(99);
  });

  it('leave other keys, and an empty table, alone', () => {
    expect(nextIndex('a', middle)).toBeNull();
    expect(nextIndex('End', { active: -1, count: 0, page: 20 })).toBeNull();
  });
});
