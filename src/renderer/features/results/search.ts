export const verdicts = ['VALID', 'VALID WITH REMARKS', 'INVALID'] as const;
export const states = ['pending', 'running', 'completed', 'failed', 'crashed', 'timed-out', 'cancelled'] as const;

/** Filters of the list of results, kept in the address. */
export interface ResultsSearch {
  model?: string;
  provider?: string;
  run?: string;
  verdict?: (typeof verdicts)[number];
  state?: (typeof states)[number];
}

export function parseResultsSearch(search: Record<string, unknown>): ResultsSearch {
  const parsed: ResultsSearch = {};
  for (const name of ['model', 'provider', 'run'] as const) {
    const value = search[name];
    if (typeof value === 'string' && value !== '') parsed[name] = value;
  }
  const verdict = verdicts.find((known) => known === search.verdict);
  const state = states.find((known) => known === search.state);
  return { ...parsed, ...(verdict === undefined ? {} : { verdict }), ...(state === undefined ? {} : { state }) };
}

const tabs = ['distribution', 'time', 'stages', 'batches', 'environment', 'raw'] as const;
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
