/** What tells configurations apart; of plans, results and lists alike. */
interface DescribedConfig {
  model: string;
  provider: string;
  scenario: string;
  batch: number;
  threads: number;
}

/** A configuration in one line: what differs first. */
export function describeConfig(config: DescribedConfig): string {
  return `${shortName(config.model)} · ${describeVariant(config)}`;
}

/** The same where the model is named beside it. */
export function describeVariant({ provider, scenario, batch, threads }: Omit<DescribedConfig, 'model'>): string {
  const parts = [provider];
  if (scenario === 'offline') parts.push('offline');
  parts.push(`batch ${batch}`);
  if (threads > 0) parts.push(`${threads} ${threads === 1 ? 'thread' : 'threads'}`);
  return parts.join(' · ');
}

/** Models that were never given a name go by the end of their path. */
export function shortName(model: string): string {
  return model.split(/[/\\]/).at(-1) ?? model;
}
