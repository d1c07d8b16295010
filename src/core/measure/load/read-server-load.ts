import type { ServerResult } from '../../../engine/protocol.ts';
import type { Percentile, SampleSeries } from '../../../shared/domain/measurement.ts';
import type { CellConfig, ServiceLevel } from '../../../shared/domain/plan.ts';
import type { ServerLoad } from '../../../shared/domain/server-load.ts';
import { queriesNeeded } from '../../stats/early-stopping.ts';
import { readPercentiles } from '../../stats/read-percentiles.ts';
import { latenciesOf } from '../../stats/summarize-series.ts';
import { latenessLimitNs, proofConfidence } from './server-rules.ts';

/** What one engine process served. */
export interface ServedProcess {
  samples: SampleSeries;
  server: ServerResult;
}

interface ReadOptions {
  load: NonNullable<CellConfig['load']>;
  serviceLevel: ServiceLevel | undefined;
  /** Percentiles of queue delay and service time, in percent. */
  percentiles: readonly number[];
}

/** Sums up what the processes of a configuration served. Stamps of a query tell when it arrived, began and ended. */
export function readServerLoad(processes: readonly ServedProcess[], options: ReadOptions): ServerLoad {
  const { load, serviceLevel, percentiles } = options;
  const served = processes.map(({ server }) => server);
  const sum = (pick: (one: ServerResult) => number): number => served.reduce((total, one) => total + pick(one), 0);
  const worst = (pick: (one: ServerResult) => number): number => Math.max(...served.map(pick));
  const scheduledQueries = sum((one) => one.scheduledQueries);
  const busyNs = sum((one) => one.calls.reduce((total, { serviceNs }) => total + serviceNs, 0));
  const joinNs = sum((one) => one.calls.reduce((total, call) => total + call.joinNs, 0));
  const endNs = sum((one) => one.endNs);
  const calls = sum(callsOf);
  return {
    offeredPerS: load.ratePerS,
    scheduledPerS: (scheduledQueries * 1e9) / sum((one) => one.scheduleNs),
    achievedPerS: endNs > 0 ? (sum(answeredOf) * 1e9) / endNs : 0,
    scheduledQueries,
    unansweredQueries: sum((one) => one.unanswered),
    queueDelay: readOver(processes, percentiles, ({ issuedNs, scheduledNs }) =>
      issuedNs.map((issued, query) => issued - (scheduledNs?.[query] ?? issued)),
    ),
    service: readOver(processes, percentiles, ({ completedNs, issuedNs }) =>
      completedNs.map((completed, query) => completed - issuedNs[query]!),
    ),
    batches: mergeBatches(served),
    joinShare: busyNs > 0 ? joinNs / busyNs : 0,
    lateness: {
      p50Ns: worst(({ lateness }) => lateness.p50Ns),
      p99Ns: worst(({ lateness }) => lateness.p99Ns),
      maxNs: worst(({ lateness }) => lateness.maxNs),
      limitNs: latenessLimitNs(load.ratePerS),
      lateShare: calls > 0 ? sum(({ lateness }) => lateness.lateCalls) / calls : 0,
    },
    utilisation: endNs > 0 ? busyNs / endNs : 0,
    backlog: worstBacklog(served),
    sustained: served.every(isSustained),
    serviceLevel: serviceLevel === undefined ? null : judgeServiceLevel(processes, serviceLevel),
  };
}

function callsOf({ calls }: ServerResult): number {
  return calls.reduce((total, one) => total + one.calls, 0);
}

function answeredOf({ calls }: ServerResult): number {
  return calls.reduce((total, { queries, calls: count }) => total + queries * count, 0);
}

/**
 * A server that keeps up runs out of queries now and then, however many wait in between; one that does not has no idle
 * moment any more, and more are waiting at the end than at half. One that was given up did not keep up.
 */
function isSustained({ unanswered, backlog, idleInSecondHalf }: ServerResult): boolean {
  return unanswered === 0 && (idleInSecondHalf || backlog.atEnd <= backlog.atHalf);
}

function worstBacklog(served: readonly ServerResult[]): ServerLoad['backlog'] {
  const all = served.map(({ backlog, scheduleNs }) => ({
    ...backlog,
    growthPerS: ((backlog.atEnd - backlog.atHalf) * 1e9) / (scheduleNs / 2),
  }));
  return all.reduce((most, one) => (one.growthPerS > most.growthPerS ? one : most));
}

function mergeBatches(served: readonly ServerResult[]): ServerLoad['batches'] {
  const merged = new Map<number, { calls: number; serviceNs: number }>();
  for (const { queries, calls, serviceNs } of served.flatMap((one) => one.calls)) {
    const before = merged.get(queries) ?? { calls: 0, serviceNs: 0 };
    merged.set(queries, { calls: before.calls + calls, serviceNs: before.serviceNs + serviceNs });
  }
  return [...merged]
    .toSorted(([left], [right]) => left - right)
    .map(([queries, { calls, serviceNs }]) => ({ queries, calls, meanServiceNs: serviceNs / calls }));
}

function readOver(
  processes: readonly ServedProcess[],
  percentiles: readonly number[],
  pick: (series: SampleSeries) => Float64Array,
): Percentile[] {
  const parts = processes.map(({ samples }) => pick(samples));
  const pooled = new Float64Array(parts.reduce((total, part) => total + part.length, 0));
  const starts: number[] = [];
  let filled = 0;
  for (const part of parts) {
    starts.push(filled);
    pooled.set(part, filled);
    filled += part.length;
  }
  return readPercentiles(pooled, pooled.slice().sort(), percentiles, starts);
}

/** Queries without an answer took longer than any limit. Kept stamps stand for all: they were chosen before. */
function judgeServiceLevel(
  processes: readonly ServedProcess[],
  { percentile, latencyMs }: ServiceLevel,
): NonNullable<ServerLoad['serviceLevel']> {
  let queries = 0;
  let missed = 0;
  for (const { samples, server } of processes) {
    const latencies = latenciesOf(samples);
    const over = latencies.reduce((count, latencyNs) => count + Number(latencyNs > latencyMs * 1e6), 0);
    queries += latencies.length + server.unanswered;
    missed += over + server.unanswered;
  }
  const kept = queries > 0 && missed <= ((100 - percentile) / 100) * queries;
  const proved = kept && queriesNeeded(percentile, proofConfidence, missed) <= queries;
  return { percentile, latencyMs, queries, missed, kept, proved };
}
