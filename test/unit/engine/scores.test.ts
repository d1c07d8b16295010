import { describe, expect, it } from 'vitest';
import { compareScores, lastScores, mostLikely } from '../../../src/engine/scenarios/scores.ts';

describe('scores of the next token', () => {
  it('are those after the last token of each text', () => {
    const values = Float32Array.from({ length: 2 * 3 * 4 }, (_, index) => index);
    const rows = lastScores({ data: values, dims: [2, 3, 4] });
    expect(rows.map((row) => Array.from(row))).toEqual([
      [8, 9, 10, 11],
      [20, 21, 22, 23],
    ]);
    expect(lastScores({ data: values, dims: [6, 4] })).toHaveLength(6);
    expect(() => lastScores({ data: values, dims: [24] })).toThrow(/no list of tokens/);
  });

  it('choose the first of the highest', () => {
    expect(
      mostLikely([
        [1, 5, 5, 2],
        [-3, -2, -1, -4],
      ]),
    ).toEqual([1, 2]);
  });

  it('differ by the largest difference over the largest score', () => {
    const { maxRelativeError, sameTokens } = compareScores([[1, -4, 2]], [[1, -4, 2.4]]);
    expect(maxRelativeError).toBeCloseTo(0.1);
    expect(sameTokens).toBe(true);
    expect(compareScores([[1, 2]], [[2, 1]]).sameTokens).toBe(false);
    expect(compareScores([[1, 2]], [[1, Number.NaN]]).maxRelativeError).toBeNull();
    expect(compareScores([[Number.POSITIVE_INFINITY, 2]], [[1, 2]]).maxRelativeError).toBeNull();
  });
});
