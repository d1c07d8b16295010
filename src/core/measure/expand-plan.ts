import { grades } from '../../shared/domain/grades.ts';
import type { CellConfig, Plan } from '../../shared/domain/plan.ts';

/** The configurations of a plan in the order in which they are measured: model, provider, threads, batch. */
export function expandPlan(plan: Plan): CellConfig[] {
  const { scenario, dims, seed } = plan;
  return plan.models.flatMap((model) =>
    plan.providers.flatMap((provider) =>
      plan.threads.flatMap((threads) =>
        plan.batches.map((batch) => ({ model, provider, scenario, batch, threads, dims, seed })),
      ),
    ),
  );
}

/** The command line that measures one configuration of a plan again. */
export function toCommand(plan: Plan, config: CellConfig): string {
  const parts = [
    'inferometer',
    'run',
    quote(config.model),
    '--provider',
    config.provider,
    '--scenario',
    config.scenario,
  ];
  parts.push('--batch', String(config.batch));
  if (config.threads > 0) parts.push('--threads', String(config.threads));
  parts.push('--grade', plan.grade, '--seed', String(config.seed));
  if (plan.repeats !== grades[plan.grade].processes) parts.push('--repeats', String(plan.repeats));
  for (const [name, size] of Object.entries(config.dims)) parts.push('--dim', quote(`${name}=${size}`));
  if (plan.inputs !== null) parts.push('--inputs', quote(plan.inputs));
  if (plan.override !== undefined) parts.push('--override', quote(JSON.stringify(plan.override)));
  return parts.join(' ');
}

function quote(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
