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
export function narrowPlan(plan: Plan, { model, provider, scenario, batch, threads, dims, seed }: CellConfig): Plan {
  return {
    ...plan,
    models: [model],
    providers: [provider],
    batches: [batch],
    threads: [threads],
    scenario,
    dims,
    seed,
  };
}

/**
 * The command that measures a plan, quoted for a POSIX shell: "inferometer" stands for how it is started, see
 * `toTypable`. What decides the result is spelled out, because a default may be another one in a later version.
 */
export function toCommand(plan: Plan): string {
  const { models, providers, scenario, batches, threads, grade, seed, dims, inputs, repeats, override } = plan;
  const parts = ['inferometer', 'run', ...models.map(quote)];
  parts.push('--provider', providers.join(','), '--scenario', scenario, '--batch', batches.join(','));
  if (threads.join() !== '0') parts.push('--threads', threads.join(','));
  parts.push('--grade', grade, '--seed', String(seed));
  if (repeats !== grades[grade].processes) parts.push('--repeats', String(repeats));
  for (const [name, size] of Object.entries(dims)) parts.push('--dim', quote(`${name}=${size}`));
  if (inputs !== null) parts.push('--inputs', quote(inputs));
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
