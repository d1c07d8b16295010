import type { Plan, ScenarioId } from '../../shared/domain/plan.ts';
import { toUsageError } from './arguments.ts';

/** Options of `run` that only some scenarios have, and instances. */
export interface ScenarioOptions {
  scenario: ScenarioId;
  instances?: number[] | undefined;
  oversubscribe: boolean;
  pauseMs?: number[] | undefined;
  promptTokens?: number[] | undefined;
  newTokens?: number | undefined;
}

const usualNewTokens = 64;
const usualPromptTokens = [32, 128];

/** The part of a plan that these options are. Throws USAGE for options of another scenario. */
export function toScenario(
  options: ScenarioOptions,
): Pick<Plan, 'instances' | 'oversubscribe' | 'pausesMs' | 'decode'> {
  const { scenario, instances, oversubscribe, pauseMs, promptTokens, newTokens } = options;
  if (pauseMs !== undefined && scenario !== 'idle-gap') throw belongsTo('--pause-ms', 'idle-gap');
  if (promptTokens !== undefined && scenario !== 'decode') throw belongsTo('--prompt-tokens', 'decode');
  if (newTokens !== undefined && scenario !== 'decode') throw belongsTo('--new-tokens', 'decode');
  return {
    ...(instances === undefined || instances.join() === '1' ? {} : { instances }),
    ...(oversubscribe ? { oversubscribe } : {}),
    ...(pauseMs === undefined ? {} : { pausesMs: pauseMs }),
    ...(promptTokens === undefined && newTokens === undefined
      ? {}
      : { decode: { promptTokens: promptTokens ?? usualPromptTokens, newTokens: newTokens ?? usualNewTokens } }),
  };
}

function belongsTo(option: string, scenario: ScenarioId): Error {
  return toUsageError(`${option} belongs to the scenario ${scenario}.`, `Add --scenario ${scenario}, or leave it out.`);
}
