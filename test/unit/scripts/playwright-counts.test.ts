import { describe, expect, it } from 'vitest';
import { countEndToEnd } from '../../../scripts/browser/playwright-counts.ts';

const report = (
  stats: Partial<Record<'expected' | 'unexpected' | 'flaky' | 'skipped', number>>,
  errors: unknown[] = [],
) => JSON.stringify({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0, ...stats }, errors });

describe('the count of end-to-end tests', () => {
  it('counts what passed and what failed', () => {
    expect(countEndToEnd(report({ expected: 5, unexpected: 2 }))).toEqual({ passed: 5, failed: 2 });
  });

  it.each([
    ['a skipped test', report({ expected: 5, skipped: 1 })],
    ['a test that passed when repeated', report({ expected: 5, flaky: 1 })],
    ['a file that cannot be loaded', report({ expected: 5 }, [{ message: 'SyntaxError' }])],
    ['a run without a test', report({})],
    ['a run without a report', null],
  ])('counts %s as a failure', (_, text) => {
    expect(countEndToEnd(text).failed).toBe(1);
  });
});
