import type { CellConfig } from '../../shared/domain/plan.ts';

/** What a scenario alone varies. */
type Load = Pick<CellConfig, 'load' | 'pauseMs' | 'decode'>;

/** What tells configurations apart; of plans, results and lists alike. */
interface DescribedConfig extends Load, Pick<CellConfig, 'instances' | 'trial'> {
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
export function describeVariant(config: Omit<DescribedConfig, 'model'>): string {
  const { provider, scenario, batch, threads, instances = 1, trial } = config;
  // A server has no batches but those that it makes of what waits.
  const parts = scenario === 'server' ? [provider] : [provider, `batch ${batch}`];
  if (threads > 0) parts.push(describeThreads(threads));
  if (instances > 1) parts.push(`${instances} instances`);
  const load = describeLoad(config);
  if (load !== '') parts.push(load);
  else if (scenario !== 'single-stream') parts.push(scenario === 'cold-start' ? 'cold start' : scenario);
  if (trial?.purpose === 'search') parts.push('trial');
  return parts.join(' · ');
}

/** What a scenario alone varies, e.g. "2000/s" or "pause 50 ms"; empty where it varies nothing. */
export function describeLoad({ load, pauseMs, decode }: Load): string {
  if (load !== undefined) {
    const { ratePerS, maxBatch, maxDelayMs } = load;
    const batching = maxBatch === 1 ? '' : `, batches to ${maxBatch} within ${maxDelayMs} ms`;
    return `${ratePerS < 100 ? Number(ratePerS.toPrecision(3)) : Math.round(ratePerS)}/s${batching}`;
  }
  if (pauseMs !== undefined) return pauseMs === 0 ? 'no pause' : `pause ${pauseMs} ms`;
  return decode === undefined ? '' : `${decode.promptTokens} + ${decode.newTokens} tokens`;
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
