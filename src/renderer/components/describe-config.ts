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
  const parts = [provider, `batch ${batch}`];
  if (threads > 0) parts.push(describeThreads(threads));
  if (scenario === 'offline') parts.push('offline');
  return parts.join(' · ');
}

/** Threads of an operator; 0 leaves it to the runtime, which takes one for each core. */
export function describeThreads(threads: number): string {
  if (threads === 0) return 'per core';
  return `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

/** Models that were never given a name go by the end of their path. */
export function shortName(model: string): string {
  return model.split(/[/\\]/).at(-1) ?? model;
}
