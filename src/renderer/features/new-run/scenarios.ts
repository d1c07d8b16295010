import type { ScenarioId } from '../../../shared/domain/plan.ts';

/** Fields of a plan that not every scenario has a meaning for. */
export type ScenarioField = 'batches' | 'instances' | 'search' | 'load' | 'pauses' | 'texts';

interface ScenarioWords {
  label: string;
  /** How queries arrive, and what that measures. */
  meaning: string;
  fields: readonly ScenarioField[];
  /** What a batch is, where it is not samples in one query. */
  batch?: string;
}

/** Every scenario in words, from the plainest question to the most particular one. */
export const scenarioWords: Readonly<Record<ScenarioId, ScenarioWords>> = {
  'single-stream': {
    label: 'Single stream',
    meaning: 'One query after another, the next when the last is answered: measures latency.',
    fields: ['batches', 'instances', 'search'],
  },
  offline: {
    label: 'Offline',
    meaning: 'All queries are there from the beginning: measures throughput.',
    fields: ['batches', 'instances', 'search'],
  },
  server: {
    label: 'Server',
    meaning: 'Queries arrive when they want, answered or not: measures what callers of a service wait.',
    fields: ['load'],
  },
  'multi-stream': {
    label: 'Multi-stream',
    meaning: 'The samples of a batch arrive together, the next batch when all are answered: measures the slowest.',
    fields: ['batches', 'instances'],
  },
  'idle-gap': {
    label: 'Idle gaps',
    meaning: 'A pause before every query, as in a service with little to do: measures what waking up costs.',
    fields: ['batches', 'pauses'],
  },
  decode: {
    label: 'Text generation',
    meaning: 'A prompt, then token by token with a key-value cache: measures the first token and those after it apart.',
    fields: ['batches', 'texts'],
    batch: 'Texts that are generated side by side.',
  },
  'cold-start': {
    label: 'Cold start',
    meaning: 'A fresh process for every query: measures the time until a service that was off gives its first answer.',
    fields: ['batches'],
  },
};

/** Whether a field has a meaning for a scenario. */
export function hasField(scenario: ScenarioId, field: ScenarioField): boolean {
  return scenarioWords[scenario].fields.includes(field);
}
