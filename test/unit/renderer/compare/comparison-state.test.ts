import { describe, expect, it } from 'vitest';
import { withMessage, type ComparisonSession } from '../../../../src/renderer/transport/comparison-state.ts';
import { createSampleComparisons } from '../../../e2e/scenarios/sample-comparisons.ts';

const { record } = createSampleComparisons()[2]!;
const empty: ComparisonSession = {
  plan: record.plan,
  startedAt: '2026-01-05T09:00:00.000Z',
  preparing: null,
  progress: null,
  course: [],
  compared: [],
  end: null,
};
const progress = (candidate: number, pairs: number) => ({
  type: 'progress' as const,
  candidate,
  stage: 'pairs' as const,
  pairs,
  speedup: {
    value: 1 + 1 / pairs,
    unit: '1' as const,
    kind: 'measured' as const,
    n: pairs,
    interval: { low: 1, high: 2, level: 0.95, method: 'test' },
  },
  remainingS: 3,
});

describe('a comparison that runs', () => {
  it('keeps how the interval narrows, once for each number of pairs', () => {
    const session = [progress(0, 3), progress(0, 3), progress(0, 4)].reduce(withMessage, empty);
    expect(session.course).toEqual([
      { pairs: 3, value: 1 + 1 / 3, low: 1, high: 2 },
      { pairs: 4, value: 1.25, low: 1, high: 2 },
    ]);
  });

  it('begins a new course with the next candidate', () => {
    const session = [progress(0, 3), { type: 'compared' as const, record }, progress(1, 5)].reduce(withMessage, empty);
    expect(session.course.map(({ pairs }) => pairs)).toEqual([5]);
    expect(session.compared).toEqual([record]);
  });

  it('takes the last word on each candidate, in the order of the plan', () => {
    const second = createSampleComparisons()[3]!.record;
    const judged = { ...record, durationS: 99 };
    const messages = [second, record, judged].map((one) => ({ type: 'compared' as const, record: one }));
    expect(messages.reduce(withMessage, empty).compared).toEqual([judged, second]);
  });

  it('keeps a bounded course from its beginning to its end', () => {
    const messages = Array.from({ length: 5_000 }, (_, index) => progress(0, index + 3));
    const { course } = messages.reduce(withMessage, empty);
    expect(course.length).toBeLessThanOrEqual(601);
    expect(course[0]?.pairs).toBe(3);
    expect(course.at(-1)?.pairs).toBe(5_002);
  });

  it('says which model is being prepared until something is measured', () => {
    const preparing = withMessage(empty, { type: 'preparing', model: 'resnet50', share: 0.4 });
    expect(preparing.preparing).toEqual({ model: 'resnet50', share: 0.4 });
    expect(withMessage(preparing, progress(0, 3)).preparing).toBeNull();
  });
});
