import { expect, it } from 'vitest';
import { gradeOfScenario } from '../../../src/core/measure/scenario-grade.ts';
import { queriesNeeded } from '../../../src/core/stats/early-stopping.ts';
import { grades } from '../../../src/shared/domain/grades.ts';

it('asks for as many queries as the percentiles of a scenario take at 99 % confidence, with one over', () => {
  for (const grade of Object.values(grades)) {
    for (const scenario of ['idle-gap', 'cold-start'] as const) {
      const { minQueries, percentiles } = gradeOfScenario(grade, { scenario });
      for (const percentile of percentiles) {
        expect(minQueries).toBeGreaterThanOrEqual(queriesNeeded(percentile, 0.99, 1));
      }
    }
  }
});

it('asks for whole texts, enough for the median time to the first token', () => {
  const { minQueries } = gradeOfScenario(grades.quick, {
    scenario: 'decode',
    decode: { promptTokens: 32, newTokens: 64 },
  });
  expect(minQueries % 63).toBe(0);
  expect(minQueries / 63).toBeGreaterThanOrEqual(queriesNeeded(50, 0.99, 1));
});
