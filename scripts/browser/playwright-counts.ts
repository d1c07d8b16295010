import { z } from 'zod';

/** The part of Playwright's JSON report that says how the tests ended. */
const reportSchema = z.object({
  stats: z.object({
    expected: z.number().int(),
    unexpected: z.number().int(),
    flaky: z.number().int(),
    skipped: z.number().int(),
  }),
  /** What went wrong outside of tests: a file that cannot be loaded. */
  errors: z.array(z.unknown()),
});

export interface TestCount {
  passed: number;
  failed: number;
}

/**
 * Counts the tests of a report; null: there is none. A test that was skipped, or passed only when repeated, counts as
 * failed, and so does a run without a test: nothing passes by not running.
 */
export function countEndToEnd(report: string | null): TestCount {
  if (report === null) return { passed: 0, failed: 1 };
  const { stats, errors } = reportSchema.parse(JSON.parse(report));
  const failed = stats.unexpected + stats.flaky + stats.skipped + errors.length;
  return { passed: stats.expected, failed: stats.expected + failed === 0 ? 1 : failed };
}
