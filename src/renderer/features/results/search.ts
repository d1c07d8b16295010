import { runIdSchema } from '../../../shared/domain/ids.ts';
import { providerIdSchema } from '../../../shared/domain/provider.ts';
import { toAddressText } from '../../components/address-text.ts';

export const verdicts = ['VALID', 'VALID WITH REMARKS', 'INVALID'] as const;
export const states = [
  'pending',
  'running',
  'completed',
  'failed',
  'crashed',
  'timed-out',
  'cancelled',
  'skipped',
] as const;

/** Filters of the list of results, kept in the address. */
export interface ResultsSearch {
  model?: string;
  provider?: string;
  run?: string;
  verdict?: (typeof verdicts)[number];
  state?: (typeof states)[number];
}

export function parseResultsSearch(search: Record<string, unknown>): ResultsSearch {
  const model = toAddressText(search.model);
  const provider = providerIdSchema.safeParse(search.provider);
  const run = runIdSchema.safeParse(search.run);
  const verdict = verdicts.find((known) => known === search.verdict);
  const state = states.find((known) => known === search.state);
  return {
    ...(model === null ? {} : { model }),
    ...(provider.success ? { provider: provider.data } : {}),
    ...(run.success ? { run: run.data } : {}),
    ...(verdict === undefined ? {} : { verdict }),
    ...(state === undefined ? {} : { state }),
  };
}

const tabs = [
  'server',
  'rates',
  'pauses',
  'tokens',
  'starts',
  'instances',
  'distribution',
  'time',
  'sensors',
  'stages',
  'operators',
  'batches',
  'environment',
  'raw',
] as const;
export type ResultTab = (typeof tabs)[number];

/** Which side of a result is open, and which of its engine processes; the first ones when left out. */
export interface ResultSearch {
  tab?: ResultTab;
  process?: number;
}

export function parseResultSearch(search: Record<string, unknown>): ResultSearch {
  const tab = tabs.find((known) => known === search.tab);
  const { process } = search;
  const isProcess = typeof process === 'number' && Number.isInteger(process) && process > 0;
  return { ...(tab === undefined ? {} : { tab }), ...(isProcess ? { process } : {}) };
}
