import type { CellConfig } from '../../shared/domain/plan.ts';

/** A configuration in one line: what differs first. */
export function describeConfig({ model, provider, scenario, batch, threads }: CellConfig): string {
  const parts = [shortName(model), provider];
  if (scenario === 'offline') parts.push('offline');
  parts.push(`batch ${batch}`);
  if (threads > 0) parts.push(`${threads} ${threads === 1 ? 'thread' : 'threads'}`);
  return parts.join(' · ');
}

/** Models that were never given a name go by the end of their path. */
export function shortName(model: string): string {
  return model.split(/[/\\]/).at(-1) ?? model;
}
