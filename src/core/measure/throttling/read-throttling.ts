import type { SampleSeries } from '../../../shared/domain/measurement.ts';
import { absent, present, type Observed, type Reading } from '../../../shared/domain/provenance.ts';
import type { Telemetry } from '../../../shared/domain/telemetry.ts';
import type { ThrottleCause, ThrottledSpan, Throttling } from '../../../shared/domain/throttling.ts';
import { readPercentiles } from '../../stats/read-percentiles.ts';
import { latenciesOf } from '../../stats/summarize-series.ts';
import { findThrottledSpans, watchedCauses } from './throttled-spans.ts';

/** One engine process with what the sensors read meanwhile. */
export interface WatchedProcess {
  samples: SampleSeries;
  telemetry: Telemetry;
}

/** Marks the queries that ran while something was throttled, and gives the median with and without them. */
export function readThrottling(processes: readonly WatchedProcess[], median: Reading | null): Observed<Throttling> {
  const watched = [...new Set(processes.flatMap(({ telemetry }) => watchedCauses(telemetry)))];
  if (watched.length === 0) {
    return absent(
      'no sensor of this machine tells whether it throttles',
      'inferometer doctor names the sensors with what each of them needs.',
    );
  }
  const causes = new Set<ThrottleCause>();
  const kept: Float64Array[] = [];
  let queries = 0;
  for (const { samples, telemetry } of processes) {
    const spans = findThrottledSpans(telemetry, samples.completedNs.at(-1) ?? 0);
    const marks = markThrottled(samples, spans);
    for (const { causes: found } of spans) for (const cause of found) causes.add(cause);
    queries += marks.length;
    kept.push(latenciesOf(samples).filter((_, index) => marks[index] === 0));
  }
  const left = kept.reduce((sum, { length }) => sum + length, 0);
  const throttled = queries - left;
  return present({
    watched,
    queries,
    throttled,
    share: queries === 0 ? 0 : throttled / queries,
    causes: [...causes],
    median,
    medianWithout: throttled === 0 ? median : medianOf(kept.filter(({ length }) => length > 0)),
  });
}

/** 1 for each query that a span touches. Queries are in order of issue, spans in order of time. */
function markThrottled({ scheduledNs, issuedNs, completedNs }: SampleSeries, spans: readonly ThrottledSpan[]) {
  const marks = new Uint8Array(issuedNs.length);
  const from = scheduledNs ?? issuedNs;
  let next = 0;
  marks.forEach((_, index) => {
    // What has ended before this query began has ended before all that follow.
    while (next < spans.length && spans[next]!.toNs < from[index]!) next += 1;
    if (next < spans.length && spans[next]!.fromNs <= completedNs[index]!) marks[index] = 1;
  });
  return marks;
}

function medianOf(latencies: readonly Float64Array[]): Reading | null {
  const starts: number[] = [];
  const inOrder = new Float64Array(latencies.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const values of latencies) {
    inOrder.set(values, filled);
    starts.push(filled);
    filled += values.length;
  }
  if (filled === 0) return null;
  const [median] = readPercentiles(inOrder, inOrder.slice().sort(), [50], starts);
  return median?.status === 'earned' ? median.reading : null;
}
