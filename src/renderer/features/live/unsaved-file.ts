import type { Measurement } from '../../../shared/domain/measurement.ts';
import type { Reading } from '../../../shared/domain/provenance.ts';
import type { RunSession } from '../../../shared/domain/run-session.ts';

/** Results that could not be stored, with what is needed to know what they are. */
export function toUnsavedFile(session: RunSession): { name: string; text: string } {
  const { plan, startedAt, runId, cells, unsaved, end } = session;
  const results = unsaved.map(({ index, outcome }) => ({ index, config: cells[index]?.config ?? null, outcome }));
  const content = { application: 'inferometer', content: 'results that could not be stored', runId, startedAt };
  return {
    name: `inferometer-${runId ?? 'run'}-not-stored.json`,
    text: `${JSON.stringify({ ...content, failure: end?.failure ?? null, plan, results }, null, 2)}\n`,
  };
}

/** The median latency of a result; null where the sample did not earn it. */
export function medianReading({ summary }: Measurement): Reading | null {
  const median = summary.percentiles.find(({ percentile }) => percentile === 50);
  return median?.status === 'earned' ? median.reading : null;
}
