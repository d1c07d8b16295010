import type { CellConfig, Grade, Plan, WarmUpRule } from '../../shared/domain/plan.ts';
import { queriesNeeded } from '../stats/early-stopping.ts';
import { proofConfidence } from './load/server-rules.ts';
import { defaultWarmUp } from './measuring-rules.ts';
import { gradeOfScenario } from './scenario-grade.ts';

/** What a configuration is measured by. */
export interface CellRules {
  /** The grade with what the plan and the configuration change in it. */
  grade: Grade;
  warmUp: WarmUpRule;
  /** Rules of the grade were overridden by the plan. */
  custom: boolean;
  /** Fresh engine processes, which share the minima. */
  processes: number;
}

/** Queries over the limit that the confirmation of a rate can prove a service level with; one is enough elsewhere. */
const missesOfConfirmation = 10;

/** The grade of a plan with the plan's overrides. */
export function applyOverride(
  grade: Grade,
  override: Plan['override'],
): { grade: Grade; warmUp: WarmUpRule; custom: boolean } {
  return {
    grade: {
      ...grade,
      minDurationS: override?.minDurationS ?? grade.minDurationS,
      minQueries: override?.minQueries ?? grade.minQueries,
    },
    warmUp: override?.warmUp ?? defaultWarmUp,
    custom: override !== undefined && Object.keys(override).length > 0,
  };
}

/**
 * The rules of one configuration. A trial of a search has minima of its own and one process. A plan with a
 * service level asks for its percentile too, and for the queries that it takes to prove it.
 */
export function rulesOf(config: CellConfig, plan: Plan, gradeOfPlan: Grade): CellRules {
  const { grade, warmUp, custom } = applyOverride(gradeOfScenario(gradeOfPlan, config), plan.override);
  const { trial } = config;
  const level = plan.serviceLevel;
  const percentiles =
    level === undefined
      ? grade.percentiles
      : [...new Set([...grade.percentiles, level.percentile])].toSorted((left, right) => left - right);
  if (trial?.purpose === 'search') {
    const { minDurationS, minQueries, warmUp: ownWarmUp = warmUp } = trial;
    return {
      grade: { ...grade, percentiles, minDurationS, minQueries },
      warmUp: ownWarmUp,
      custom,
      processes: 1,
    };
  }
  const misses = plan.scenario === 'server' && trial?.purpose === 'confirm' ? missesOfConfirmation : 1;
  const toProve = level === undefined ? 0 : queriesNeeded(level.percentile, proofConfidence, misses);
  const minQueries = Math.max(grade.minQueries, toProve);
  return { grade: { ...grade, percentiles, minQueries }, warmUp, custom, processes: processesInTurn(config, plan) };
}

/** Processes that work one after another; several at once and cold starts are fresh ones anyway. */
function processesInTurn({ scenario, instances = 1 }: CellConfig, { repeats }: Plan): number {
  return scenario === 'cold-start' || instances > 1 ? 1 : repeats;
}
