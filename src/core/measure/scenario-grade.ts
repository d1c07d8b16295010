import type { CellConfig, Grade, GradeId } from '../../shared/domain/plan.ts';

/**
 * Pauses are what takes the time here, so that the grade's minutes would say little more: enough queries for p90 at 99 %
 * confidence with 1, 4 and 10 of them over it, and a moment of measuring where there is no pause.
 */
const idleGap: Readonly<Record<GradeId, Pick<Grade, 'minDurationS' | 'minQueries'>>> = {
  quick: { minDurationS: 2, minQueries: 64 },
  standard: { minDurationS: 10, minQueries: 127 },
  reference: { minDurationS: 30, minQueries: 197 },
};

/** Fresh processes: as many as a median takes at 99 % confidence, twice that, and as many as p90 takes. */
const coldStarts: Readonly<Record<GradeId, Pick<Grade, 'minQueries' | 'percentiles'>>> = {
  quick: { minQueries: 12, percentiles: [50] },
  standard: { minQueries: 24, percentiles: [50] },
  reference: { minQueries: 64, percentiles: [50, 90] },
};

/** Texts: as many as the median time to the first token takes at 99 % confidence, then as many as its p90 takes. */
const texts: Readonly<Record<GradeId, number>> = { quick: 12, standard: 64, reference: 64 };

/** What a grade asks for in a scenario whose queries are not short calls back to back (docs/method/scenarios.md). */
export function gradeOfScenario(grade: Grade, { scenario, decode }: Pick<CellConfig, 'scenario' | 'decode'>): Grade {
  switch (scenario) {
    case 'idle-gap':
      return { ...grade, ...idleGap[grade.id], percentiles: [50, 90] };
    case 'cold-start':
      // However short, since the number of starts decides.
      return { ...grade, ...coldStarts[grade.id], minDurationS: 0.001 };
    case 'decode':
      return { ...grade, minQueries: Math.max(grade.minQueries, texts[grade.id] * ((decode?.newTokens ?? 2) - 1)) };
    case 'single-stream':
    case 'offline':
    case 'multi-stream':
    case 'server':
      return grade;
  }
}
