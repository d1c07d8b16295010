import type { Plan, ScenarioId } from '../../shared/domain/plan.ts';
import { InferometerError } from '../../shared/errors.ts';

/** Scenarios whose queries several engines can work on at once, each for itself. */
const withInstances: readonly ScenarioId[] = ['single-stream', 'offline', 'multi-stream'];

/** Throws USAGE for combinations of a scenario and its options that mean nothing. */
export function refuseBadScenario({ scenario, instances = [1], decode }: Plan): void {
  if (instances.some((count) => count > 1) && !withInstances.includes(scenario)) {
    throw new InferometerError({
      code: 'USAGE',
      message: `Several instances at once are not measured in the scenario ${scenario}.`,
      remedy: `Leave the instances out, or choose one of: ${withInstances.join(', ')}.`,
    });
  }
  if (scenario === 'decode' && decode !== undefined && decode.newTokens < 2) {
    throw new InferometerError({
      code: 'USAGE',
      message: 'A text of one new token has no time between two tokens.',
      remedy: 'Give at least 2 new tokens.',
    });
  }
}
