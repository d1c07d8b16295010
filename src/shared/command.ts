import { grades } from './domain/grades.ts';
import type { CellConfig, Plan } from './domain/plan.ts';

/** How the command line is started where a host runs. */
export interface CommandLine {
  /** What is typed before the options, e.g. "inferometer". */
  invocation: string;
  /** Options that make it find the data of the host, quoted for a shell; empty where it does so by itself. */
  options: string;
}

/** The part of a plan that is one configuration of it. */
export function narrowPlan({ device: _, ...plan }: Plan, config: CellConfig): Plan {
  const { model, provider, scenario, batch, threads, dims, seed, device } = config;
  return {
    ...narrowScenario(narrowLoad(plan, config), config),
    models: [model],
    providers: [provider],
    batches: [batch],
    threads: [threads],
    scenario,
    dims,
    seed,
    ...(device === undefined ? {} : { device }),
  };
}

/** A configuration that a search chose is repeated at its own rate, with its own minima. */
function narrowLoad(plan: Plan, { load, trial }: CellConfig): Plan {
  const { ratesPerS: _, batching: __, search, ...rest } = plan;
  if (load === undefined && trial === undefined) return plan;
  const minima =
    trial?.purpose === 'search'
      ? {
          repeats: 1,
          override: { ...plan.override, minDurationS: trial.minDurationS, minQueries: trial.minQueries },
        }
      : {};
  const batching = load === undefined ? undefined : { maxBatch: load.maxBatch, maxDelayMs: load.maxDelayMs };
  return {
    ...rest,
    ...(search === undefined || trial !== undefined ? {} : { search }),
    ...(load === undefined ? {} : { ratesPerS: [load.ratePerS] }),
    ...(batching === undefined || batching.maxBatch === 1 ? {} : { batching }),
    ...minima,
  };
}

/** What a scenario varies, and instances, as this one configuration has them. */
function narrowScenario(
  { instances: _, pausesMs: __, decode: ___, ...plan }: Plan,
  { instances = 1, pauseMs, decode }: CellConfig,
): Plan {
  return {
    ...plan,
    ...(instances === 1 ? {} : { instances: [instances] }),
    ...(pauseMs === undefined ? {} : { pausesMs: [pauseMs] }),
    ...(decode === undefined ? {} : { decode: { promptTokens: [decode.promptTokens], newTokens: decode.newTokens } }),
  };
}

/** Options of other scenarios, and of instances. */
function scenarioOptions({ instances, oversubscribe, pausesMs, decode }: Plan): string[] {
  return [
    ...(instances === undefined ? [] : ['--instances', instances.join(',')]),
    ...(oversubscribe === true ? ['--oversubscribe'] : []),
    ...(pausesMs === undefined ? [] : ['--pause-ms', pausesMs.join(',')]),
    ...(decode === undefined
      ? []
      : ['--prompt-tokens', decode.promptTokens.join(','), '--new-tokens', String(decode.newTokens)]),
  ];
}

/** Options of a server, and a limit of the latency, which without a rate asks for the highest one there. */
function loadOptions({ ratesPerS, batching, serviceLevel }: Plan): string[] {
  const parts: string[] = [];
  if (ratesPerS !== undefined) parts.push('--rate', ratesPerS.join(','));
  if (batching !== undefined) {
    parts.push('--max-batch', String(batching.maxBatch), '--max-delay-ms', String(batching.maxDelayMs));
  }
  if (serviceLevel !== undefined) {
    parts.push('--slo-ms', String(serviceLevel.latencyMs), '--percentile', String(serviceLevel.percentile));
  }
  return parts;
}

/** Options of a search for the best configuration, whose scenario follows from its objective. */
function tuneOptions({ search, serviceLevel, instances = [1] }: Plan): string[] {
  const parts = ['--instances', instances.join(',')];
  if (search?.kind === 'tune') parts.push('--objective', search.objective);
  if (serviceLevel !== undefined) {
    parts.push('--slo-ms', String(serviceLevel.latencyMs), '--percentile', String(serviceLevel.percentile));
  }
  return parts;
}

/**
 * The command that measures a plan, quoted for a POSIX shell: "inferometer" stands for how it is started, see
 * `toTypable`. What decides the result is spelled out, because a default may be another one in a later version.
 */
export function toCommand(plan: Plan): string {
  const { models, providers, scenario, batches, threads, grade, seed, dims, inputs, repeats, override } = plan;
  const isTune = plan.search?.kind === 'tune';
  const parts = ['inferometer', isTune ? 'tune' : 'run', ...models.map(quote)];
  parts.push('--provider', providers.join(','));
  if (!isTune) parts.push('--scenario', scenario);
  parts.push('--batch', batches.join(','));
  if (plan.device !== undefined) parts.push('--device', String(plan.device));
  if (isTune || threads.join() !== '0') parts.push('--threads', threads.join(','));
  parts.push(...(isTune ? tuneOptions(plan) : [...loadOptions(plan), ...scenarioOptions(plan)]));
  parts.push('--grade', grade, '--seed', String(seed));
  if (repeats !== grades[grade].processes) parts.push('--repeats', String(repeats));
  for (const [name, size] of Object.entries(dims)) parts.push('--dim', quote(`${name}=${size}`));
  if (inputs !== null) parts.push('--inputs', quote(inputs));
  if (plan.exclusive === true) parts.push('--exclusive');
  if (plan.ceilingW !== undefined) parts.push('--ceiling-w', String(plan.ceilingW));
  if (override !== undefined) parts.push('--override', quote(JSON.stringify(override)));
  return parts.join(' ');
}

/** A command of `toCommand` as it can be typed where a host runs. */
export function toTypable(command: string, { invocation, options }: CommandLine): string {
  return [invocation, options, command.replace(/^inferometer /, '')].filter((part) => part !== '').join(' ');
}

/** A word as a POSIX shell takes it for one. */
export function quote(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
