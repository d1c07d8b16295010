import { grades } from '../../../shared/domain/grades.ts';
import type { Plan } from '../../../shared/domain/plan.ts';

/** The command line that measures a plan: the same options as `inferometer run --help`, defaults left out. */
export function toCommand(plan: Plan): string {
  const { models, providers, scenario, batches, threads, grade, seed, dims, inputs, repeats } = plan;
  const parts = ['inferometer', 'run', ...models.map(quote), '--provider', providers.join(',')];
  if (scenario !== 'single-stream') parts.push('--scenario', scenario);
  if (batches.join() !== '1') parts.push('--batch', batches.join(','));
  if (threads.join() !== '0') parts.push('--threads', threads.join(','));
  parts.push('--grade', grade);
  if (repeats !== grades[grade].processes) parts.push('--repeats', String(repeats));
  for (const [name, size] of Object.entries(dims)) parts.push('--dim', quote(`${name}=${size}`));
  if (inputs !== null) parts.push('--inputs', quote(inputs));
  if (seed !== 0) parts.push('--seed', String(seed));
  return parts.join(' ');
}

function quote(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
