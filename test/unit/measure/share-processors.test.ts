import { describe, expect, it } from 'vitest';
import { shareProcessors } from '../../../src/core/measure/instances/share-processors.ts';

const fourCores = [
  [0, 4],
  [1, 5],
  [2, 6],
  [3, 7],
];

describe('sharing processors among engines', () => {
  it('gives whole cores, first threads of cores before second ones', () => {
    expect(shareProcessors(fourCores, 2, 2)).toEqual({
      processors: [
        [0, 1, 4, 5],
        [2, 3, 6, 7],
      ],
      threads: 2,
      oversubscribed: false,
    });
  });

  it('gives each engine one thread for each of its cores where no number is asked for', () => {
    expect(shareProcessors(fourCores, 3, 0).threads).toBe(1);
    expect(shareProcessors(fourCores, 2, 0).threads).toBe(2);
  });

  it('divides logical processors where there are more engines than cores', () => {
    const { processors, oversubscribed } = shareProcessors(fourCores, 8, 1);
    expect(oversubscribed).toBe(false);
    expect(processors.flat().toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(processors.every((own) => own.length === 1)).toBe(true);
  });

  it('never gives one processor to two engines', () => {
    for (const engines of [2, 3, 5, 7]) {
      for (const threads of [0, 1]) {
        const given = shareProcessors(fourCores, engines, threads).processors.flat();
        expect(new Set(given).size).toBe(given.length);
      }
    }
  });

  it('says when there are more threads than processors, and then sets none apart', () => {
    expect(shareProcessors(fourCores, 3, 4)).toEqual({ processors: [[], [], []], threads: 4, oversubscribed: true });
  });

  it('leaves the threads to ONNX Runtime where nothing tells the processors', () => {
    expect(shareProcessors([], 2, 0)).toEqual({ processors: [[], []], threads: 0, oversubscribed: false });
  });
});
