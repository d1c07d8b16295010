import type { LoadCheckResult } from '../../engine/protocol.ts';
import type { MethodCheck } from '../../shared/domain/method-check.ts';
import { InferometerError } from '../../shared/errors.ts';
import { runOnce } from '../engine-client/evaluate.ts';
import type { SpawnEngine } from '../engine-client/engine-process.ts';
import { measureHarnessCost } from '../engine-client/probe-provider.ts';
import { poissonArrivals } from '../measure/load/poisson-arrivals.ts';
import { latenessLimitNs } from '../measure/load/server-rules.ts';
import { percentileOfSorted } from '../stats/percentile-interval.ts';
import { latenciesOf } from '../stats/summarize-series.ts';

/** 2,000 queries per second: one every half millisecond, so that a late start weighs. */
const ratePerS = 2000;
/** Half of the capacity, where chance hardly matters, and four fifths, where queues are long. */
const loads = [0.5, 0.8];
/** Largest deviation of the mean time from that of M/D/1 (docs/method/load.md, self-check). */
const queueTolerance = 0.05;
/** The 99th percentile of lateness stays below. */
const latenessLimitOfCheckNs = 0.2e6;
/** A known delay is read within this share, which is two hundred times what reading the clock costs. */
const delayTolerance = 0.01;
const delayNs = 1e6;
/** So few that all are answered before a server with so long a queue is given up. */
const delayQueries = 500;
/** An empty call beyond it says that the process itself is disturbed; it takes some microseconds. */
const emptyCallLimitNs = 0.1e6;
/** The same schedules every time, so that a deviation comes from the machine and not from chance. */
const seed = 0;
/** Time of each open loop. Shorter ones are too short for the mean of M/D/1, and are held against their schedule alone. */
const fullDurationS = 60;

export interface MethodCheckOptions {
  spawn: SpawnEngine;
  /** Time of each open loop, seconds. */
  durationS?: number;
  signal?: AbortSignal;
  /** Told what is being checked, with the share that is done. */
  onStep?: (what: string, share: number) => void;
}

/**
 * Measures a service of known time the way models are measured, and holds what comes out against what must. Takes a
 * little more than twice `durationS`. The caller holds the machine's lock. Throws CANCELLED and ENGINE_FAILED.
 */
export async function checkMethod(options: MethodCheckOptions): Promise<MethodCheck> {
  const { spawn, signal, durationS = fullDurationS, onStep = () => undefined } = options;
  onStep('empty calls', 0);
  const { nullModelNs } = await measureHarnessCost(spawn);
  if (signal?.aborted) throw cancelled();
  const knownDelay = await checkKnownDelay(options);
  const queues: MethodCheck['queues'] = [];
  for (const load of loads) queues.push(await checkQueue({ ...options, durationS }, load));
  const nullModel = { medianNs: nullModelNs, limitNs: emptyCallLimitNs, passed: nullModelNs <= emptyCallLimitNs };
  const passed = [nullModel, knownDelay, ...queues].every((check) => check.passed);
  return { queues, knownDelay, nullModel, passed };
}

/** Mean time in the system of a queue with Poisson arrivals, a fixed service time and one server (M/D/1), ns. */
export function meanTimeOfQueue(serviceNs: number, load: number): number {
  return serviceNs + (load * serviceNs) / (2 * (1 - load));
}

/** Mean time that this very schedule gives when every call takes exactly its time, ns. */
export function meanTimeOfSchedule(arrivalsNs: Float64Array, serviceNs: number): number {
  let freeNs = 0;
  let totalNs = 0;
  for (const arrivalNs of arrivalsNs) {
    freeNs = Math.max(freeNs, arrivalNs) + serviceNs;
    totalNs += freeNs - arrivalNs;
  }
  return totalNs / arrivalsNs.length;
}

async function checkQueue(
  options: MethodCheckOptions & { durationS: number },
  load: number,
): Promise<MethodCheck['queues'][number]> {
  const serviceNs = (load / ratePerS) * 1e9;
  const arrivalsNs = poissonArrivals({ ratePerS, minDurationS: options.durationS, minQueries: 1, seed });
  const result = await serveSchedule(options, arrivalsNs, serviceNs, `a queue at ${load * 100} % load`);
  const latencies = latenciesOf(result);
  const measuredNs = latencies.reduce((sum, latency) => sum + latency, 0) / latencies.length;
  const expectedNs = meanTimeOfQueue(serviceNs, load);
  const scheduleNs = meanTimeOfSchedule(arrivalsNs, serviceNs);
  const latenessP99Ns = result.server.lateness.p99Ns;
  const isNear = (ns: number): boolean => Math.abs(measuredNs / ns - 1) <= queueTolerance;
  const isAsExpected = options.durationS < fullDurationS || isNear(expectedNs);
  const isComplete = latencies.length === arrivalsNs.length;
  return {
    load,
    ratePerS,
    serviceNs,
    queries: latencies.length,
    durationNs: result.server.endNs,
    measuredNs,
    scheduleNs,
    expectedNs,
    latenessP99Ns,
    passed: isComplete && isNear(scheduleNs) && isAsExpected && latenessP99Ns <= latenessLimitOfCheckNs,
  };
}

/** A closed loop is an open one in which every query has arrived before the first is answered. */
async function checkKnownDelay(options: MethodCheckOptions): Promise<MethodCheck['knownDelay']> {
  const result = await serveSchedule(options, new Float64Array(delayQueries), delayNs, 'a known delay');
  const { issuedNs, completedNs } = result;
  const times = completedNs.map((completed, query) => completed - issuedNs[query]!).sort();
  const medianNs = percentileOfSorted(times, 50);
  const passed = times.length === delayQueries && Math.abs(medianNs / delayNs - 1) <= delayTolerance;
  return { serviceNs: delayNs, medianNs, queries: times.length, passed };
}

async function serveSchedule(
  { spawn, signal, onStep = () => undefined }: MethodCheckOptions,
  arrivalsNs: Float64Array<ArrayBuffer>,
  serviceNs: number,
  what: string,
): Promise<LoadCheckResult> {
  const load = { arrivalsNs, maxBatch: 1, maxDelayMs: 0, latenessLimitNs: latenessLimitNs(ratePerS) };
  onStep(what, 0);
  const result = await runOnce(
    spawn,
    { kind: 'load-check', load, serviceNs },
    {
      ...(signal ? { signal } : {}),
      onProgress: ({ queries }) => onStep(what, queries / arrivalsNs.length),
    },
  );
  if (result.cancelled) throw cancelled();
  return result;
}

function cancelled(): InferometerError {
  return new InferometerError({
    code: 'CANCELLED',
    message: 'The check of the method was cancelled.',
    remedy: 'Start it again.',
  });
}
